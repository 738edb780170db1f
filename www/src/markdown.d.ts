// Text files that are bundled as they are.

declare module "*.md" {
  const text: string;
  export default text;
}
