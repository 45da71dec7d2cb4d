"use strict";

// Pictures, outgoing and incoming.
const pictures = (() => {
  const kinds = ["image/png", "image/jpeg", "image/gif", "image/webp"];
  const small = 200 * 1024; // bytes that are sent untouched
  const side = 1280; // pixels: larger ones are drawn smaller before they are sent

  async function shrink(file) {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // JPEG knows no transparency
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!blob) throw new Error("the picture cannot be drawn");
    return blob;
  }

  return {
    accepts: (file) => file && kinds.includes(file.type),

    // What the event "picture" carries.
    async pack(file) {
      const blob = file.size <= small ? file : await shrink(file);
      return { title: file.name || "picture", data: await pictureData(blob) };
    },

    // An address for an img element, or "" for what is no picture. Only the
    // four raster kinds get through, whatever a stranger's page has sent.
    address(picture) {
      if (!kinds.includes(picture.type)) return "";
      if (typeof picture.data !== "string") return URL.createObjectURL(new Blob([picture.data], { type: picture.type }));
      return picture.data.startsWith("data:" + picture.type + ";base64,") ? picture.data : "";
    },

    release(address) {
      if (address.startsWith("blob:")) URL.revokeObjectURL(address);
    },
  };
})();
