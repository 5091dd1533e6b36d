// A photo is made smaller here, kept at once, and then told where it was taken if the officer lets the phone say.
import { newKey } from "./recording.js";
import { get, write } from "./store.js";

const LONGEST_SIDE = 1600;
const PREVIEW = 320;
const QUALITY = 0.85;
const PLACE_WITHIN = 8_000;
export const LARGEST = 10_000_000;

function draw(picture, limit) {
  const scale = Math.min(1, limit / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function asJpeg(canvas) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return blob.arrayBuffer();
}

/** At most 1600 px a side, as JPEG, with a small copy to look at. What cannot be read here (HEIC on some phones) goes as it is. */
async function smaller(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return { body: await file.arrayBuffer(), small: null, type: file.type || "image/jpeg" };
  }
  try {
    const [body, small] = [await asJpeg(draw(picture, LONGEST_SIDE)), await asJpeg(draw(picture, PREVIEW))];
    return { body, small, type: "image/jpeg" };
  } finally {
    picture.close();
  }
}

/** Degrees × 10⁶ and whole metres, or nothing when it is not allowed or not known in time. */
function whereAmI() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve({});
    const found = ({ coords }) =>
      resolve({
        latitude: Math.round(coords.latitude * 1e6),
        longitude: Math.round(coords.longitude * 1e6),
        accuracy: Math.min(100_000, Math.round(coords.accuracy)),
      });
    setTimeout(() => resolve({}), PLACE_WITHIN + 1000);
    return navigator.geolocation.getCurrentPosition(found, () => resolve({}), {
      enableHighAccuracy: true,
      timeout: PLACE_WITHIN,
      maximumAge: 60_000,
    });
  });
}

/** Keep a photo of an item for a finding, also one that is not written yet. Raises what the store raises. */
export async function keepPhoto(visit, line, finding, file) {
  const taken_at = new Date().toISOString();
  const { body, small, type } = await smaller(file);
  if (body.byteLength > LARGEST) throw new RangeError("too large");
  const id = newKey();
  const row = { id, owner: visit.owner, visit: visit.number, line, change: finding, taken_at, type, outcome: "", unready: true };
  await write(["photos", "bodies"], async (rows) => {
    await rows.put("bodies", { id, body, small });
    await rows.put("photos", row);
  });
  const place = await whereAmI();
  await ready(id, place);
}

/** It may be sent now; it may have been sent meanwhile, from another window. */
function ready(id, place) {
  return write(["photos"], async (rows) => {
    const held = await rows.get("photos", id);
    if (held.unready) await rows.put("photos", { ...held, ...place, unready: false });
  });
}

/** A photo whose phone was switched off before the place was known goes without it. */
export async function makeReady(photos) {
  for (const photo of photos.filter((each) => each.unready)) await ready(photo.id, {});
}

/** The small copy on a canvas: the policy of the page allows pictures of this site only. */
export async function preview(photo, label) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const small = (await get("bodies", photo.id))?.small;
  if (!small) return canvas;
  const picture = await createImageBitmap(new Blob([small], { type: "image/jpeg" }));
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d").drawImage(picture, 0, 0);
  picture.close();
  return canvas;
}
