// Was it taken from the same place? Two photos over each other, and how much of the earlier one shows is set by a slider.
// [data-overlay="form"]: the photo chosen in the picker, or the camera's live picture, under the earlier one of that spot.
// [data-overlay="pair"]: the first and the last photo of a spot, when the <details> is opened.
// No URL of a file is made: the policy of the page allows pictures of this site only, so what was chosen is drawn on a canvas.
const LONGEST_SIDE = 2048;
const QUALITY = 0.85;

class Stage {
  constructor(root) {
    this.root = root;
    this.view = root.querySelector("[data-overlay-view]");
    this.frame = root.querySelector("[data-overlay-frame]");
    this.slider = root.querySelector("input[type=range]");
    this.slider.addEventListener("input", () => this.fade());
  }

  fade() {
    this.frame.style.setProperty("--shown", String(this.slider.value / 100));
  }

  // The frame has the shape of the earlier photo; what lies below is fitted into it whole.
  show(below, earlier) {
    const above = document.createElement("img");
    above.className = "overlay-above";
    above.alt = earlier.alt;
    above.addEventListener("load", () => this.frame.style.setProperty("--ratio", String(above.naturalWidth / above.naturalHeight)));
    above.src = earlier.src;
    this.frame.replaceChildren(below, above);
    this.fade();
    this.view.hidden = false;
  }

  hide() {
    this.view.hidden = true;
    this.frame.replaceChildren();
  }
}

function startPair(root) {
  const stage = new Stage(root);
  const [first, last] = root.parentElement.querySelectorAll(".compare img");
  root.hidden = false;
  root.addEventListener("toggle", () => {
    if (!root.open) return stage.hide();
    const below = document.createElement("img");
    [below.alt, below.src] = [last.alt, last.src];
    stage.show(below, first);
  });
}

class Retake {
  constructor(root) {
    this.root = root;
    this.stage = new Stage(root);
    this.earlier = root.querySelector("[data-overlay-earlier]");
    this.input = root.querySelector('input[type="file"]');
    this.status = root.querySelector("[data-overlay-status]");
    this.camera = root.querySelector("[data-camera]");
    this.take = root.querySelector("[data-camera-take]");
    this.stop = root.querySelector("[data-camera-stop]");
    root.addEventListener("photos-chosen", () => this.chosen());
    this.camera.addEventListener("click", () => this.live());
    this.take.addEventListener("click", () => this.shoot());
    this.stop.addEventListener("click", () => this.leave());
    // Without https, or in an app that keeps the camera to itself, there is none to ask for: the file input remains.
    this.camera.hidden = !navigator.mediaDevices?.getUserMedia;
  }

  // Photos that only the server can read (HEIC outside Safari) are sent as they are, without a comparison.
  async chosen() {
    this.end();
    const [file] = this.input.files;
    if (!file) return this.stage.hide();
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch {
      return this.stage.hide();
    }
    if (file === this.input.files[0]) this.stage.show(this.drawn(picture, 960), this.earlier);
    picture.close();
  }

  drawn(picture, longest) {
    const [width, height] = [picture.videoWidth ?? picture.width, picture.videoHeight ?? picture.height];
    const scale = Math.min(1, longest / Math.max(width, height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", this.root.dataset.fresh);
    return canvas;
  }

  async live() {
    this.status.textContent = "";
    const video = { facingMode: { ideal: "environment" }, width: { ideal: LONGEST_SIDE } };
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    } catch {
      this.status.textContent = this.root.dataset.noCamera;
      return;
    }
    Retake.running?.leave();
    Retake.running = this;
    this.video = document.createElement("video");
    this.video.muted = this.video.playsInline = true;
    this.video.setAttribute("aria-label", this.root.dataset.live);
    this.video.srcObject = this.stream;
    this.stage.show(this.video, this.earlier);
    this.switch(true);
    await this.video.play().catch(() => {});
    this.take.focus();
  }

  async shoot() {
    if (!this.video?.videoWidth) return;
    const frame = this.drawn(this.video, LONGEST_SIDE);
    const blob = await new Promise((resolve) => frame.toBlob(resolve, "image/jpeg", QUALITY));
    const carrier = new DataTransfer();
    carrier.items.add(new File([blob], "camera.jpg", { type: "image/jpeg" }));
    this.input.files = carrier.files;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.end();
    this.camera.focus();
  }

  // Back to what was chosen before, if anything.
  leave() {
    this.chosen();
    this.camera.focus();
  }

  end() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = this.video = undefined;
    if (Retake.running === this) Retake.running = undefined;
    this.switch(false);
  }

  switch(on) {
    [this.camera.hidden, this.take.hidden, this.stop.hidden] = [on || !navigator.mediaDevices?.getUserMedia, !on, !on];
  }
}

for (const root of document.querySelectorAll('[data-overlay="pair"]')) startPair(root);
for (const root of document.querySelectorAll('[data-overlay="form"]')) new Retake(root);
