/** The mark and the name. Decoration: each page has a heading of its own. */
export function Brand() {
  return (
    <span class="brand" aria-hidden="true">
      <img src="/brand.png" alt="" />
      Parley
    </span>
  );
}
