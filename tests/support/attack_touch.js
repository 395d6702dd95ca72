// Does what a reader could do: fires every handler in the chosen elements, and follows script links.
const touch = (page, chosen) => {
  const roots = page.querySelectorAll(chosen);
  for (const root of roots) {
    for (const element of [root, ...root.querySelectorAll("*")]) {
      for (const attribute of [...element.attributes]) {
        if (!/^on[a-z]/.test(attribute.name)) continue;
        if (attribute.value.startsWith("return showNotice")) continue; // WordPress's own
        try { element.dispatchEvent(new Event(attribute.name.slice(2))); } catch { /* none */ }
      }
      const target = element.href && element.href.baseVal !== undefined
        ? element.href.baseVal : element.href;
      const leads = [target, element.action, element.formAction].map((one) => String(one || ""));
      if (leads.some((one) => /^\s*javascript:/i.test(one))) {
        try {
          if (element.requestSubmit) element.requestSubmit();
          else element.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
        } catch { /* none */ }
      }
    }
  }
  for (const frame of page.querySelectorAll("iframe, frame")) {
    try { if (frame.contentDocument) touch(frame.contentDocument, chosen); } catch { /* foreign */ }
  }
};
touch(document, arguments[0]);
