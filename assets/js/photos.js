// Makes [data-photo-picker] comfortable: several picks add up, each has a preview and a way out, and large photos are made
// smaller before they travel. The plain file input below stays the thing that is submitted.
const LONGEST_SIDE = 2048;
const QUALITY = 0.85;
const PREVIEW = 240;

function within(width, height, limit) {
  const scale = Math.min(1, limit / Math.max(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
}

function draw(picture, width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
  return canvas;
}

async function smaller(file, picture) {
  const [width, height] = within(picture.width, picture.height, LONGEST_SIDE);
  if (width === picture.width && file.size < 1_500_000) return file;
  const blob = await new Promise((resolve) => draw(picture, width, height).toBlob(resolve, "image/jpeg", QUALITY));
  // A screenshot may grow as JPEG; then the original is the better one.
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
}

async function prepare(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    // Not readable here (HEIC outside Safari, or no image at all): the server decides.
    return { file, preview: document.createElement("canvas") };
  }
  const [width, height] = within(picture.width, picture.height, PREVIEW);
  const preview = draw(picture, width, height);
  const ready = await smaller(file, picture);
  picture.close();
  return { file: ready, preview };
}

class PhotoPicker {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector('input[type="file"]');
    this.previews = root.querySelector("[data-previews]");
    this.status = root.querySelector("[data-status]");
    this.most = Number(root.dataset.most);
    this.photos = [];
    root.classList.add("is-live");
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    root.closest("form")?.addEventListener("reset", () => this.replace([]));
  }

  async add(files) {
    // Where one is asked for, another takes its place.
    const kept = this.most === 1 && files.length ? [] : this.photos;
    const room = this.most - kept.length;
    this.tell(this.root.dataset.working);
    const fresh = [];
    // One at a time: a slow phone has little memory.
    for (const file of files.slice(0, room)) fresh.push(await prepare(file));
    this.replace([...kept, ...fresh]);
    if (files.length > room) this.tell(this.root.dataset.tooMany);
  }

  replace(photos) {
    this.photos = photos;
    const carrier = new DataTransfer();
    for (const { file } of photos) carrier.items.add(file);
    this.input.files = carrier.files;
    this.previews.replaceChildren(...photos.map((photo, index) => this.row(photo, index)));
    this.root.dispatchEvent(new CustomEvent("photos-chosen", { bubbles: true }));
    this.tell(photos.length ? this.root.dataset.counted.replace("{n}", photos.length) : "");
  }

  row(photo, index) {
    const item = document.createElement("li");
    const label = `${this.root.dataset.photo} ${index + 1}`;
    photo.preview.setAttribute("role", "img");
    photo.preview.setAttribute("aria-label", label);
    const button = this.root.querySelector("template").content.firstElementChild.cloneNode(true);
    button.setAttribute("aria-label", `${this.root.dataset.remove}: ${label}`);
    button.addEventListener("click", () => {
      this.replace(this.photos.filter((other) => other !== photo));
      (this.previews.querySelectorAll("button")[Math.max(0, index - 1)] ?? this.input).focus();
    });
    item.append(photo.preview, button);
    return item;
  }

  tell(text) {
    this.status.textContent = text;
  }
}

function start(within) {
  for (const root of within.querySelectorAll("[data-photo-picker]:not(.is-live)")) new PhotoPicker(root);
}

start(document);
// A module runs once to a page; a form that comes in later (the case pane) is made comfortable here.
document.addEventListener("htmx:load", (event) => start(event.target));
