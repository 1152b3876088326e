/* SPDX-License-Identifier: Apache-2.0
 * Every page of the shop in a state worth looking at: what accessibility tests and screenshots walk
 * through. Must never depend on the order of the walk. */
import { randomUUID } from 'node:crypto';
import { addPasskey } from '../api/authenticator.mjs';
import { admin, line, newKey, newUser, onSale, orderBody, PASSWORD, place, signIn, until } from '../api/fixtures.mjs';

/* A buyer's fourth order in an hour waits for a person; what furnish needs of the server. */
export const ROOMS_ENV = { SOUK_PIECES: 'on', SOUK_APPROVAL_ABOVE: '500', SOUK_FRAUD_INSIDE: 'check', SOUK_FRAUD_BUYER_HOUR: '3', SOUK_PAYOUT_WAIT_HOURS: '0',
  SOUK_OIDC_ISSUER: 'https://id.example', SOUK_OIDC_CLIENT: 'shop', SOUK_OIDC_NAME: 'Example' };

/* A browser that is signed in as a client of the API is. */
export const cookiesOf = (server, client) =>
  [{ name: 'souk_at', value: client.token, url: server.origin }];

/* What the back office shows: an order under review, work that was tried often. */
const furnishOffice = async (server, staff, { order, asked, article }) => {
  const buyer = await newUser(server, { name: 'Rhea Reviewed' });
  for (let i = 0; i < 3; i++) await place(buyer, [line(article)]);
  await staff.post(`/admin/orders/${order.orderId}/refunds`, { amount: '6.00', reason: 'broken' }, { key: newKey() });
  const review = (await place(buyer, [line(article, 2)])).json;
  for (let i = 0; i < 6; i++) {
    await staff.post(`/admin/sagas/${asked.orderId}/retry`);
    await until('parked again', async () =>
      (await staff.get(`/admin/sagas/${asked.orderId}`)).json.attempts > i);
  }
  await staff.post('/admin/search/synonyms', { term: 'settee', replacement: 'lamp' });
  await staff.post('/admin/search/synonyms', { term: 'mobile', replacement: 'phone', oneWay: true });
  const word = article.product.title.split(' ')[0];
  await staff.post('/admin/search/rules', { query: word, kind: 'pin', productId: article.productId, position: 1 });
  await staff.post('/admin/search/rules', { query: 'returns', kind: 'redirect', target: '/account' });
  for (const q of [word, word, 'lamp', 'zzzzqqqq', 'flux capacitor'])
    await staff.get(`/search?q=${encodeURIComponent(q)}`);
  /* As a browser without scripts does. */
  const browse = (path, from) => fetch(server.origin + path, { headers: { Accept: 'text/html',
    'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)', ...(from && { Referer: server.origin + from }) } });
  for (const q of [word, 'lamp', 'flux capacitor']) {
    const from = `/search?q=${encodeURIComponent(q)}`;
    const found = await (await browse(from)).text();
    for (const [, href] of [...found.matchAll(/<h3><a href="(\/p\/[^"]+)"/g)].slice(0, 3)) await browse(href, from);
  }
  await place(buyer, [line(article)]);
  await until('what came of them is', async () =>
    (await staff.get('/admin/search/conversion')).json.queries.length >= 3, 15_000);
  await until('searches are counted', async () =>
    (await staff.get('/admin/search/queries?list=none')).json.queries.length >= 2);
  await buyer.post(`/products/${article.productId}/reviews`, { rating: 1, title: 'Look elsewhere',
    comment: 'Cheaper at www.example\nand better' });
  const cookies = cookiesOf(server, staff);
  return {
    office: { path: '/admin', cookies },
    'office-orders': { path: '/admin/orders', cookies },
    'office-orders-none': { path: '/admin/orders?q=nobody%40example.com', cookies },
    'office-order': { path: `/admin/orders/${order.orderId}`, cookies },
    'office-order-refused': { path: `/admin/orders/${order.orderId}?said=amount&at=refund&amount=99999&reason=late`, cookies },
    'office-fraud': { path: '/admin/fraud', cookies },
    'office-review': { path: `/admin/fraud/${review.orderId}`, cookies },
    'office-moderation': { path: '/admin/moderation', cookies },
    'office-asked': { path: '/admin/search', cookies },
    'office-conversion': { path: '/admin/search?list=conversion', cookies },
    'office-stock': { path: '/admin/stock', cookies },
    'office-stock-one': { path: `/admin/stock/${article.productId}/${article.variantId}`, cookies },
    'office-clicks': { path: '/admin/search/clicks', cookies },
    'office-events': { path: '/admin/events', cookies },
    'office-users': { path: `/admin/users?q=${encodeURIComponent(buyer.user.email)}`, cookies },
    'office-user': { path: `/admin/users/${buyer.user.userId}`, cookies },
    'office-keys': { path: '/admin/keys', cookies },
    'office-flags': { path: '/admin/flags', cookies },
    'office-approvals': { path: '/admin/approvals', cookies },
    'office-gift-cards': { path: '/admin/gift-cards', cookies },
    'office-audit': { path: '/admin/audit', cookies },
    'office-synonyms': { path: '/admin/search/synonyms?term=flux', cookies },
    'office-rules': { path: '/admin/search/rules', cookies },
    'office-rules-query': { path: `/admin/search/rules?q=${encodeURIComponent(word)}&find=lamp`, cookies },
    'office-sagas': { path: '/admin/sagas', cookies },
    'office-saga': { path: `/admin/sagas/${asked.orderId}`, cookies },
  };
};

/* An order to two addresses, of which one parcel is on its way. */
const furnishParcels = async (server, staff, one, two) => {
  const buyer = await newUser(server, { name: 'Pat Parcel' });
  const items = [line(one, 2), { ...line(two), shippingAddress: { name: 'Grace Hopper',
    line1: '2 Mission St', city: 'San Francisco', region: 'CA', postalCode: '94105', country: 'US' } }];
  const { orderId } = (await buyer.post('/orders', orderBody(items), { key: newKey() })).json;
  for (const status of ['processing', 'shipped'])
    await staff.post(`/admin/orders/${orderId}/status`, { status, fulfilmentGroup: 2 });
  return { path: `/orders/${orderId}`, cookies: cookiesOf(server, buyer) };
};

/* A seller who sold something, gave an account, and got a part of it: their page, and the office's. */
const furnishPayouts = async (server, staff, article) => {
  const seller = await signIn(server, 'seller@demo.souk');
  const made = (await seller.post('/products', { title: 'A lamp of brass', description: 'Good.',
    category: article.product.categoryPath, brand: 'Acme', price: 20, variants: [{ attributes: {}, price: 20, stock: 9 }] })).json;
  await staff.put(`/admin/products/${made.productId}/status`, { status: 'published' });
  const shown = await until('on sale', async () => (await seller.get(`/products/${made.productId}`)).json.variants);
  await place(await newUser(server), [line({ productId: made.productId, variantId: shown[0].variantId })]);
  await until('owed', async () => (await seller.get('/seller/payouts')).json.balance > 3);
  await seller.put('/seller/payout-account', { holder: 'Sam Seller', iban: 'GB82 WEST 1234 5698 7654 32' });
  const send = async (amount) => (await staff.post(`/admin/sellers/${seller.user.userId}/payouts`,
    { amount, reason: 'monthly' }, { key: newKey() })).json;
  const { payoutId } = await send('1.00');
  await staff.post(`/admin/payouts/${payoutId}/paid`, { note: 'REF 7' });
  await send('2.00');
  return {
    payouts: { path: '/account/payouts', cookies: cookiesOf(server, seller) },
    'office-payouts': { path: `/admin/payouts?q=${seller.user.userId}&said=made`, cookies: cookiesOf(server, staff) },
  };
};

/* Somebody with a cart, an address and orders; gives addresses of pages, and cookies for them. */
export const furnish = async (server) => {
  const one = await onSale(server);
  const two = await onSale(server, { skip: 1 });
  const user = await newUser(server, { name: 'Bea Browser' });
  await user.post('/users/me/addresses', { name: 'Bea Browser', line1: '1 Test Street', city: 'Springfield',
    region: 'IL', postalCode: '62701', country: 'US', isDefault: true });
  const order = (await place(user, [line(one, 2), line(two)])).json;
  await place(user, [line(two)], { token: 'pm_card_declined' });
  const asked = (await place(user, [line(one)], { token: 'pm_card_3ds' })).json;
  await user.post('/cart/items', line(one, 2));
  await user.post('/cart/items', line(two));
  const staff = await admin(server);
  const { code } = (await staff.post('/admin/gift-cards', { amount: 4 }, { key: newKey() })).json;
  await user.post('/gift-cards/redeem', { code }, { key: newKey() });
  for (const token of ['pm_card_visa', 'pm_card_visa'])
    await user.post('/payment-methods', { token }, { key: newKey() });
  const bank = (await user.post('/payment-methods', { token: 'pm_card_3ds' }, { key: newKey() })).json;
  await user.post('/auth/mfa/setup', { password: PASSWORD });
  await addPasskey(user, 'My telephone');
  await user.post('/users/me/keys', { name: 'My spreadsheet', scopes: ['account.read'] });
  const cookies = [{ name: 'souk_at', value: user.token, url: server.origin },
    { name: 'souk_n', value: '3', url: server.origin }];
  return {
    ...await furnishOffice(server, staff, { order, asked, article: one }),
    ...await furnishPayouts(server, staff, one),
    home: { path: '/' },
    'home-signed-in': { path: '/', cookies },
    search: { path: `/search?q=${encodeURIComponent(one.product.title.split(' ')[0])}` },
    list: { path: '/search' },
    'list-filtered': { path: `/search?brand=${encodeURIComponent(one.product.brand)}&sort=price_asc` },
    'search-nothing': { path: '/search?q=zzzzqqqq' },
    category: { path: `/c/${one.product.categoryPath}` },
    product: { path: `/p/${one.productId}?v=${one.variantId}` },
    reviews: { path: `/p/${one.productId}/reviews?sort=newest` },
    'review-form': { path: `/p/${one.productId}/review`, cookies },
    'cart-empty': { path: '/cart' },
    cart: { path: '/cart', cookies },
    signin: { path: '/signin' },
    register: { path: '/register' },
    checkout: { path: '/checkout', cookies },
    challenge: { path: `/orders/${asked.orderId}/challenge`, cookies },
    thanks: { path: `/orders/${order.orderId}/thanks`, cookies },
    orders: { path: '/orders', cookies },
    order: { path: `/orders/${order.orderId}`, cookies },
    'order-parcels': await furnishParcels(server, staff, one, two),
    account: { path: '/account', cookies },
    'payment-methods': { path: '/account/payment-methods?said=saved', cookies },
    'payment-bank': { path: `/account/payment-methods/${bank.methodId}/challenge`, cookies },
    security: { path: '/account/security', cookies },
    keys: { path: '/account/keys', cookies },
    privacy: { path: '/account/privacy', cookies },
    addresses: { path: '/account/addresses', cookies },
    preferences: { path: '/account/preferences?said=saved', cookies },
    'change-email': { path: '/account/security/email', cookies },
    factor: { path: '/account/security/factor', cookies },
    passkeys: { path: '/account/security/passkeys', cookies },
    logins: { path: '/account/security/logins?said=last', cookies },
    'login-refused': { path: '/signin/back/oidc?code=x&state=y', status: 401 },
    'passkey-proof': { path: '/account/confirm/passkey?next=/orders', cookies },
    'factor-confirm': { path: '/account/security/factor/confirm', cookies },
    'forgot-password': { path: '/forgot-password' },
    'reset-stale': { path: '/reset-password?token=x', status: 422 },
    pieces: { path: '/dev/pieces' },
    'not-found': { path: `/nothing-${randomUUID().slice(0, 8)}`, status: 404 },
  };
};
