// Menus are `details` that close as menus do: by a press elsewhere, by Escape, or when another opens.

/** Watch all menus of the page; gives `close()`, which says whether one was open. */
export function bindMenus({ root, scope }) {
  const closeBut = (kept) => {
    const open = [...root.querySelectorAll(".menu[open]")].filter((menu) => menu !== kept);
    for (const menu of open) menu.open = false;
    return open;
  };
  scope.listen(root, "pointerdown", ({ target }) => closeBut(target.closest(".menu")));
  scope.listen(root, "focusin", ({ target }) => closeBut(target.closest(".menu")));
  return {
    close() {
      const [menu] = closeBut(null);
      if (menu?.contains(document.activeElement)) menu.querySelector("summary").focus();
      return Boolean(menu);
    },
  };
}
