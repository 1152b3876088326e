/* SPDX-License-Identifier: Apache-2.0
 * What the shop adds when scripts are on: suggestions, pictures, steppers, filters, a quick cart.
 * Loaded deferred by every page. No page may need it: each part falls back to links and forms. */
(() => {
'use strict';
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const make = (tag, props) => Object.assign(document.createElement(tag), props);

/* Suggestions under the search field: the combobox pattern of ARIA, list autocomplete. */
const suggest = (form) => {
  const input = form.elements.q;
  const list = make('div', { id: 'q-list', hidden: true });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Suggestions');
  form.append(list);
  const set = (attrs) => Object.entries(attrs).forEach(([k, v]) => input.setAttribute(k, v));
  set({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': 'q-list',
    'aria-expanded': 'false' });
  let at = -1, typed = '', timer, call;

  const hush = () => {
    clearTimeout(timer);
    call?.abort();
  };
  const close = () => {
    hush();
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((option, i) => option.setAttribute('aria-selected', i === at));
    const { word } = at < 0 ? {} : list.children[at];
    input.value = word ?? typed;
    if (at < 0) return input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-activedescendant', list.children[at].id);
    list.children[at].scrollIntoView({ block: 'nearest' });
  };
  /* Words to search for; what has a page of its own (href) leads there, products with a picture. */
  const show = (rows) => {
    list.replaceChildren(...rows.map(({ text, href, src, note }, i) => {
      const option = make('div', { id: 'q-' + i, word: href ? undefined : text, href });
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      if (src) option.append(make('img', { src, alt: '', width: 32, height: 40 }));
      option.append(text);
      if (note) option.append(' ', make('small', { textContent: note }));
      return option;
    }));
    list.hidden = rows.length === 0;
    input.setAttribute('aria-expanded', String(!list.hidden));
  };
  const rowsOf = ({ suggestions = [], categories = [], brands = [], products = [] }) => [
    ...suggestions.slice(0, 6).map((text) => ({ text })),
    ...categories.slice(0, 2).map((c) => ({ text: c.name, href: c.href, note: 'category' })),
    ...brands.slice(0, 1).map((b) => ({ text: b.name, href: b.href, note: 'brand' })),
    ...products.slice(0, 3).map((p) => ({ text: p.title, href: '/p/' + p.productId, src: p.thumbnail })),
  ];
  const ask = async () => {
    call?.abort();
    call = new AbortController();
    try {
      const reply = await fetch('/api/v1/search/autocomplete?q=' + encodeURIComponent(typed),
        { signal: call.signal });
      const body = reply.ok ? await reply.json() : {};
      at = -1;
      show(rowsOf(body));
    } catch { /* no suggestions, then */ }
  };
  input.addEventListener('input', () => {
    typed = input.value;
    clearTimeout(timer);
    if (typed.trim().length < 2) close();
    else timer = setTimeout(ask, 120);
  });
  input.addEventListener('keydown', (event) => {
    const n = list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && n && event.altKey === false) {
      event.preventDefault();
      hush(); /* a later answer would take away what is being chosen from */
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      mark((at + 1 + step + n + 1) % (n + 1) - 1); /* one place more: what was typed */
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      input.value = typed;
      close();
    } else if (event.key === 'Enter') {
      const href = list.children[at]?.href;
      close();
      if (!href) return;
      event.preventDefault();
      location.assign(href);
    }
  });
  list.addEventListener('pointerdown', (event) => event.preventDefault()); /* focus stays */
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role=option]');
    if (!option) return;
    close();
    if (option.href) return location.assign(option.href);
    input.value = option.word;
    form.requestSubmit();
  });
  input.addEventListener('blur', close);
};

/* Pictures of a product: thumbnails move the strip instead of the page. */
const gallery = (box) => {
  const stage = one('.stage', box);
  const links = all('.thumbs a', box);
  const mark = () => {
    const now = Math.round(stage.scrollLeft / stage.clientWidth);
    links.forEach((a, i) => i === now ? a.setAttribute('aria-current', 'true')
      : a.removeAttribute('aria-current'));
  };
  links.forEach((link, i) => link.addEventListener('click', (event) => {
    event.preventDefault();
    stage.scrollTo({ left: i * stage.clientWidth });
  }));
  stage.addEventListener('scroll', mark, { passive: true });
  mark();
};

/* Less and more beside a quantity. */
const stepper = (box) => {
  const input = one('input', box);
  const button = (sign, name, act) => {
    const b = make('button', { type: 'button', textContent: sign, ariaLabel: name });
    b.addEventListener('click', () => {
      const before = input.value;
      act.call(input);
      if (input.value !== before) input.dispatchEvent(new Event('change', { bubbles: true }));
    });
    return b;
  };
  input.before(button('−', 'One less', input.stepDown));
  input.after(button('+', 'One more', input.stepUp));
};

let toastTimer;
const toast = (text, href, label) => {
  const box = one('#toast');
  box.replaceChildren(text);
  if (href) box.append(make('a', { href, textContent: label }));
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.replaceChildren(), 8000);
};

/* Adds without leaving the page; anything unexpected becomes the plain form post. */
const quickAdd = (form) => form.addEventListener('submit', async (event) => {
  if (event.submitter?.name === 'then') return;
  event.preventDefault();
  const { productId, variantId, quantity, csrf } = form.elements;
  const button = event.submitter;
  if (button?.ariaDisabled === 'true') return;
  if (button) button.ariaDisabled = 'true';
  const headers = { 'Content-Type': 'application/json' };
  if (csrf) headers['X-CSRF-Token'] = csrf.value;
  const body = { productId: productId.value, quantity: Number(quantity.value) };
  if (variantId.value) body.variantId = variantId.value;
  try {
    const reply = await fetch('/api/v1/cart/items',
      { method: 'POST', headers, body: JSON.stringify(body) });
    if (reply.status !== 201) throw 0;
    let cart = await reply.json();
    if (!cart.items) cart = await (await fetch('/api/v1/cart')).json();
    const count = cart.items.reduce((sum, item) => sum + item.quantity, 0);
    all('[data-cart-count]').forEach((b) => { b.textContent = count || ''; });
    toast('Added to the cart.', '/cart', 'Go to the cart');
  } catch {
    form.submit();
  }
  if (button) button.ariaDisabled = null;
});

/* A vote without leaving the page; who is not signed in is led there by the plain form. */
const vote = (form) => form.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const path = new URL(form.action).pathname;
    const reply = await fetch('/api/v1' + path,
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    if (!reply.ok) throw 0;
    const { helpfulCount } = await reply.json();
    form.textContent = 'Thank you. ' + helpfulCount +
      (helpfulCount === 1 ? ' person found this helpful.' : ' people found this helpful.');
    form.setAttribute('role', 'status');
  } catch {
    form.submit();
  }
});

/* One order for one press: a form under way is not sent again. */
const once = (form) => form.addEventListener('submit', (event) => {
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = '1';
  all('button', form).forEach((b) => { b.ariaDisabled = 'true'; });
});
addEventListener('pageshow', (event) => {
  if (event.persisted) all('form[data-once]').forEach((form) => {
    delete form.dataset.sent;
    all('button', form).forEach((b) => { b.ariaDisabled = null; });
  });
});

/* What was typed into a long form is kept for this tab until the order is placed. */
const store = { /* storage may be forbidden */
  get: (key) => { try { return JSON.parse(sessionStorage.getItem(key)) || {}; } catch { return {}; } },
  set: (key, value) => { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* no */ } },
  drop: (key) => { try { sessionStorage.removeItem(key); } catch { /* no */ } },
};
const draft = (form) => {
  const key = 'draft:' + form.dataset.draft;
  const fields = () => [...form.elements].filter((f) =>
    f.name && f.type !== 'hidden' && f.type !== 'password' && f.autocomplete !== 'off');
  const kept = store.get(key);
  fields().forEach((f) => {
    if (!(f.name in kept)) return;
    if (f.type === 'radio') f.checked = f.value === kept[f.name] || (f.checked &&
      !fields().some((g) => g.name === f.name && g.value === kept[f.name]));
    else if (!f.value) f.value = kept[f.name];
  });
  form.addEventListener('input', () => {
    const now = {};
    fields().forEach((f) => { if (f.type !== 'radio' || f.checked) now[f.name] = f.value; });
    store.set(key, now);
  });
};

/* Tax and delivery follow the address as soon as it is there: the button that asks for them is for
 * who has no scripts. */
const follow = (form) => {
  const names = ['email', 'addressId', 'country', 'region', 'postalCode', 'deliverySpeed',
    'giftCard', 'useWallet', 'spreadTo', 'spreadQuantity'];
  const { elements } = form;
  const button = one('[formaction]', form);
  let call;
  const ask = async (changed) => {
    if (!elements.addressId?.value && !elements.postalCode.value) return;
    call?.abort();
    const mine = call = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    one('#sums').setAttribute('aria-busy', 'true');
    try {
      const reply = await fetch(button.formAction, { method: 'POST', body, signal: mine.signal });
      if (!reply.ok) return;
      const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
      const renew = (what) => one(what).replaceChildren(...one(what, page).childNodes);
      renew('#sums');
      renew('#parcels');
      renew('#h-giftCard');
      if (changed !== 'deliverySpeed') renew('#delivery fieldset');
    } catch { /* the order itself tells */ } finally {
      if (call === mine) one('#sums').removeAttribute('aria-busy');
    }
  };
  form.addEventListener('change', (event) => names.includes(event.target.name) && ask(event.target.name));
  if (elements.postalCode.value) ask(); /* from the draft */
};

/* Filters act at once beside the list; in the sheet of a phone they wait for the button. */
const filters = (form) => {
  const submit = () => form.requestSubmit();
  form.addEventListener('change', () => matchMedia('(min-width: 880px)').matches && submit());
  form.elements.sort?.addEventListener('change', submit); /* stands outside of the form */
  const closeLink = one('.filters-head a', form);
  one('.open-filters')?.addEventListener('click', () => setTimeout(() => closeLink.focus()));
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !form.matches(':target')) return;
    location.hash = 'results';
    one('.open-filters').focus();
  });
};

/* What was on the screen and what was clicked, for the order of results: told when the page goes,
 * without cookies, and not for who does not want to be counted. */
const quiet = navigator.doNotTrack === '1' || navigator.globalPrivacyControl;
const told = [];
const tell = (kind, href, position) => {
  const productId = /\/p\/([0-9a-f-]{36})/.exec(href)?.[1];
  if (productId && !quiet) told.push({ kind, productId, position });
};
const tellAll = () => {
  while (told.length) fetch('/api/v1/behaviour/events', { method: 'POST', keepalive: true,
    credentials: 'omit', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ events: told.splice(0, 100) }) }).catch(() => {});
};
const seen = (list) => {
  const links = all('h3 a', list), own = links.filter((a) => a.rel !== 'sponsored');
  const before = 24 * ((Number(new URLSearchParams(location.search).get('page')) || 1) - 1);
  /* What was paid for is told as such: its place says nothing of it. */
  const say = (kind, link) => own.includes(link)
    ? tell(kind, link.href, before + own.indexOf(link) + 1) : tell('ad_' + kind, link.href);
  const watch = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
    if (!isIntersecting) return;
    watch.unobserve(target);
    say('shown', target);
  }));
  links.forEach((link) => watch.observe(link));
  for (const kind of ['click', 'auxclick']) list.addEventListener(kind, (event) => {
    const link = event.target.closest('a');
    if (links.includes(link)) say('clicked', link);
  });
};
addEventListener('visibilitychange', () => document.hidden && tellAll());
addEventListener('pagehide', tellAll);
tell('viewed', location.pathname);

all('form.search').forEach(suggest);
all('[data-seen]').forEach(seen);
all('[data-gallery]').forEach(gallery);
all('.stepper').forEach(stepper);
all('form[data-add]').forEach(quickAdd);
all('form[data-vote]').forEach(vote);
all('form[data-once]').forEach(once);
all('form[data-draft]').forEach(draft);
all('form:has([formaction])').forEach(follow);
all('#filters').forEach(filters);
all('form[data-qty]').forEach((form) => {
  let timer;
  form.addEventListener('change', () => {
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), 600);
  });
});
all('form[action="/signout"]').forEach((form) =>
  form.addEventListener('submit', () => store.drop('draft:checkout')));
if (/^\/orders\/[^/]+\/thanks$/.test(location.pathname)) store.drop('draft:checkout');
one('.alert.bad')?.focus();

/* The department menu closes like a menu. */
const menu = one('.menu');
if (menu) {
  document.addEventListener('click', (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    one('summary', menu).focus();
  });
}
})();
