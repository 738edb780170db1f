// Hands the visitor a file.

/** Offers `content`, JSON where it is a text, as a file of this name. */
export function save(name: string, content: string | Blob): void {
  const blob =
    typeof content === "string" ? new Blob([content], { type: "application/json" }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
