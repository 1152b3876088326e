// SPDX-License-Identifier: Apache-2.0
// A stand-in for Stripe's REST API, written from its public reference: what the adapter uses of it,
// over real HTTP, with the failures that a network adds. Prints its port, lives until its standard
// input ends. Must never answer a known Idempotency-Key by doing the thing again.
import { createServer } from "node:http";
import { createHash, createHmac } from "node:crypto";

const KEY = "sk_test_stand_in", SECRET = "whsec_stand_in", VERSION = "2024-06-20";
const ZERO_DECIMAL = new Set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "));
const THREE_DECIMAL = new Set("bhd jod kwd omr tnd".split(" "));

// Test tokens of the public reference: brand, last four, and what they are for.
const CARDS = {
    pm_card_visa: { brand: "visa", last4: "4242" },
    pm_card_mastercard: { brand: "mastercard", last4: "4444" },
    pm_card_chargeDeclined: { brand: "visa", last4: "0002", decline: "generic_decline" },
    pm_card_chargeDeclinedInsufficientFunds: { brand: "visa", last4: "9995", decline: "insufficient_funds" },
    pm_card_chargeDeclinedExpiredCard: { brand: "visa", last4: "0069", code: "expired_card" },
    pm_card_chargeDeclinedIncorrectCvc: { brand: "visa", last4: "0127", code: "incorrect_cvc" },
    pm_card_chargeDeclinedProcessingError: { brand: "visa", last4: "0119", code: "processing_error" },
    pm_card_visa_chargeDeclinedLostCard: { brand: "visa", last4: "9987", decline: "lost_card" },
    pm_card_authenticationRequired: { brand: "visa", last4: "3184", challenge: true },
    pm_card_refundFail: { brand: "visa", last4: "5126", refund_fails: true },
};

const state = { intents: new Map(), refunds: new Map(), setups: new Map(), customers: new Map(),
    methods: new Map(), keys: new Map(), events: [], faults: [], calls: [], ids: 0,
    search_lags: false, multicapture: true, base: "", now_s: 0 };

class Refusal extends Error {
    constructor(status, error) { super(error.code ?? error.type); this.status = status; this.error = error; }
}
const invalid = (code, message, extra) =>
    new Refusal(400, { type: "invalid_request_error", code, message, ...extra });
const missing = (param) => new Refusal(404,
    { type: "invalid_request_error", code: "resource_missing", param, message: `No such ${param}` });

const made = (prefix) => `${prefix}_${String(++state.ids).padStart(6, "0")}`;
const now = () => state.now_s || Math.floor(Date.now() / 1000);

// ---- forms ----
// "a[b][]=c" into { a: { b: ["c"] } }
function decode(text) {
    const out = {};
    for (const [name, value] of new URLSearchParams(text)) {
        const path = name.split("[").map((s) => s.replace(/\]$/, ""));
        let at = out;
        path.slice(0, -1).forEach((part, i) => {
            at[part] ??= path[i + 1] === "" ? [] : {};
            at = at[part];
        });
        const last = path.at(-1);
        if (last === "") at.push(value);
        else at[last] = value;
    }
    return out;
}

function known(params, names) {
    for (const name of Object.keys(params))
        if (!names.includes(name) && name !== "expand" && name !== "metadata")
            throw invalid("parameter_unknown", `Received unknown parameter: ${name}`, { param: name });
    for (const [name, value] of Object.entries(params.metadata ?? {}))
        if (name.length > 40 || value.length > 500)
            throw invalid("parameter_invalid", "metadata is too long", { param: "metadata" });
    if (Object.keys(params.metadata ?? {}).length > 50)
        throw invalid("parameter_invalid", "too many metadata keys", { param: "metadata" });
}

function integer(text, param) {
    if (!/^\d{1,12}$/.test(text ?? ""))
        throw invalid("parameter_invalid_integer", `Invalid integer: ${text}`, { param });
    return Number(text);
}

function amount_of(params) {
    const n = integer(params.amount, "amount");
    if (!/^[a-z]{3}$/.test(params.currency ?? ""))
        throw invalid("invalid_currency", "Invalid currency", { param: "currency" });
    if (THREE_DECIMAL.has(params.currency) && n % 10 !== 0)
        throw invalid("parameter_invalid_integer", "not a multiple of ten", { param: "amount" });
    if (n < (ZERO_DECIMAL.has(params.currency) ? 1 : 50))
        throw invalid("amount_too_small", "Amount must be at least 50 cents", { param: "amount" });
    if (n > 99999999) throw invalid("amount_too_large", "Amount too large", { param: "amount" });
    return n;
}

// ---- objects as they are shown ----
function shown_intent(pi, expand = []) {
    const charge = pi.charge && { id: pi.charge.id, object: "charge", payment_intent: pi.id,
        amount: pi.amount, amount_captured: pi.amount_received, amount_refunded: pi.charge.refunded,
        metadata: pi.metadata, payment_method_details: { type: "card", card: { brand: pi.card.brand,
            last4: pi.card.last4, multicapture: { status: pi.multicapture ? "available" : "unavailable" } } } };
    const wants = expand.some((path) => /(^|\.)latest_charge$/.test(path));
    return { id: pi.id, object: "payment_intent", amount: pi.amount, amount_capturable: pi.amount_capturable,
        amount_received: pi.amount_received, capture_method: pi.capture_method, created: pi.created,
        currency: pi.currency, customer: pi.customer ?? null, last_payment_error: pi.last_payment_error ?? null,
        latest_charge: charge ? (wants ? charge : charge.id) : null, livemode: false, metadata: { ...pi.metadata },
        next_action: pi.next_action ?? null, payment_method: pi.payment_method, status: pi.status };
}

const shown_method = (pm) => ({ id: pm.id, object: "payment_method", type: "card", customer: pm.customer,
    card: { brand: pm.card.brand, last4: pm.card.last4, exp_month: 8, exp_year: 2031 } });

function shown_setup(seti, expand = []) {
    return { id: seti.id, object: "setup_intent", status: seti.status, customer: seti.customer, usage: "off_session",
        created: seti.created, metadata: seti.metadata, next_action: seti.next_action ?? null,
        last_setup_error: seti.last_setup_error ?? null,
        payment_method: expand.includes("payment_method") && state.methods.has(seti.payment_method)
            ? shown_method(state.methods.get(seti.payment_method)) : seti.payment_method };
}

const shown_refund = (re, expand = []) => ({ id: re.id, object: "refund", amount: re.amount, status: re.status,
    payment_intent: expand.length ? shown_intent(state.intents.get(re.payment_intent), expand) : re.payment_intent,
    created: re.created, metadata: re.metadata });

function emit(type, object) {
    state.events.push({ id: made("evt"), object: "event", api_version: VERSION, created: now(), livemode: false,
        type, data: { object } });
}

// ---- cards ----
function card_of(params) {
    const saved = state.methods.get(params.payment_method);
    if (saved) {
        if (!saved.customer || saved.customer !== params.customer)
            throw invalid("payment_method_unexpected_state", "The method belongs to another customer");
        return saved.card;
    }
    const card = CARDS[params.payment_method];
    if (!card)
        throw invalid("resource_missing", `No such PaymentMethod: '${params.payment_method}'`,
            { param: "payment_method" });
    return card;
}

const card_error = (card) => ({ type: "card_error", code: card.code ?? "card_declined",
    decline_code: card.decline ?? card.code, message: "Your card was declined.",
    payment_method: { object: "payment_method", card: { brand: card.brand, last4: card.last4 } } });

function pay(pi) {
    pi.charge ??= { id: made("ch"), refunded: 0 };
    pi.next_action = null;
    if (pi.capture_method === "manual") {
        pi.status = "requires_capture";
        pi.amount_capturable = pi.amount;
        emit("payment_intent.amount_capturable_updated", shown_intent(pi));
    } else {
        pi.status = "succeeded";
        pi.amount_received = pi.amount;
        emit("payment_intent.succeeded", shown_intent(pi));
    }
}

function fail(thing, error, list, shown, type) {
    thing.status = "requires_payment_method";
    thing.next_action = null;
    thing[list] = error;
    emit(type, shown(thing));
}

const challenge = (thing) => {
    thing.status = "requires_action";
    thing.next_action = { type: "redirect_to_url", redirect_to_url:
        { url: `${state.base}/authenticate/${thing.id}`, return_url: thing.return_url } };
};

// ---- PaymentIntents ----
const INTENT_PARAMS = ["amount", "currency", "payment_method", "payment_method_types", "confirm", "capture_method",
    "payment_method_options", "customer", "return_url", "description"];

function intent_create(params) {
    known(params, INTENT_PARAMS);
    const amount = amount_of(params), card = card_of(params);
    if (params.confirm !== "true") throw invalid("parameter_missing", "the stand-in confirms at once");
    if (params.return_url && !/^https?:\/\//.test(params.return_url))
        throw invalid("url_invalid", "Not a valid URL", { param: "return_url" });
    const pi = { id: made("pi"), amount, currency: params.currency, card, customer: params.customer,
        payment_method: params.payment_method, capture_method: params.capture_method ?? "automatic", created: now(),
        metadata: params.metadata ?? {}, return_url: params.return_url, amount_capturable: 0, amount_received: 0,
        hidden: state.search_lags, multicapture: state.multicapture && card.brand === "visa" &&
            params.payment_method_options?.card?.request_multicapture === "if_available" };
    state.intents.set(pi.id, pi);
    if (card.decline || card.code) {
        fail(pi, card_error(card), "last_payment_error", shown_intent, "payment_intent.payment_failed");
        throw new Refusal(402, { ...card_error(card), payment_intent: shown_intent(pi) });
    }
    if (card.challenge) {
        challenge(pi);
        emit("payment_intent.requires_action", shown_intent(pi));
    } else {
        pay(pi);
    }
    return shown_intent(pi, params.expand);
}

function intent_get(id) {
    const pi = state.intents.get(id);
    if (!pi) throw missing("payment_intent");
    return pi;
}

const unexpected = (pi) => invalid("payment_intent_unexpected_state", `The status is ${pi.status}`,
    { payment_intent: shown_intent(pi) });

function intent_capture(id, params) {
    known(params, ["amount_to_capture", "final_capture"]);
    const pi = intent_get(id);
    if (pi.status !== "requires_capture") throw unexpected(pi);
    const n = params.amount_to_capture === undefined ? pi.amount_capturable
        : integer(params.amount_to_capture, "amount_to_capture");
    const final = params.final_capture !== "false";
    if (n > pi.amount_capturable) throw invalid("amount_too_large", "more than is capturable");
    if (!final && !pi.multicapture) throw invalid("parameter_invalid", "multicapture is not available");
    if (n === 0 && !(final && pi.amount_received > 0)) throw invalid("parameter_invalid_integer", "zero");
    pi.amount_received += n;
    pi.amount_capturable = final ? 0 : pi.amount_capturable - n;
    Object.assign(pi.metadata, params.metadata);
    if (pi.amount_capturable === 0) pi.status = "succeeded";
    emit(pi.status === "succeeded" ? "payment_intent.succeeded" : "payment_intent.amount_capturable_updated",
        shown_intent(pi));
    return shown_intent(pi, params.expand);
}

function intent_cancel(id, params) {
    known(params, ["cancellation_reason"]);
    const pi = intent_get(id);
    if (!["requires_payment_method", "requires_capture", "requires_action"].includes(pi.status)) throw unexpected(pi);
    pi.status = pi.amount_received > 0 ? "succeeded" : "canceled";
    pi.amount_capturable = 0;
    pi.next_action = null;
    emit("payment_intent.canceled", shown_intent(pi));
    return shown_intent(pi, params.expand);
}

function page(all, params, show) {
    const limit = params.limit ? integer(params.limit, "limit") : 10;
    if (limit < 1 || limit > 100) throw invalid("parameter_invalid_integer", "limit", { param: "limit" });
    let list = all;
    if (params.starting_after) {
        const at = list.findIndex((thing) => thing.id === params.starting_after);
        if (at < 0) throw missing("starting_after");
        list = list.slice(at + 1);
    }
    return { object: "list", data: list.slice(0, limit).map(show), has_more: list.length > limit };
}

function intent_list(params) {
    known(params, ["limit", "created", "starting_after"]);
    const from = Number(params.created?.gte ?? 0), to = Number(params.created?.lt ?? Infinity);
    const all = [...state.intents.values()].reverse().filter((pi) => pi.created >= from && pi.created < to);
    return page(all, params, (pi) => shown_intent(pi, params.expand));
}

// Only metadata['name']:'value', and what is new may be missing.
function intent_search(params) {
    known(params, ["query", "limit"]);
    const m = /^metadata\['(\w+)'\]:'((?:[^'\\]|\\.)*)'$/.exec(params.query ?? "");
    if (!m) throw invalid("parameter_invalid", "the query cannot be read", { param: "query" });
    const value = m[2].replace(/\\(.)/g, "$1");
    const data = [...state.intents.values()].filter((pi) => !pi.hidden && pi.metadata[m[1]] === value);
    return { object: "search_result", data: data.slice(0, Number(params.limit ?? 10)).map((pi) => shown_intent(pi)),
        has_more: false, next_page: null };
}

// ---- refunds ----
function refund_create(params) {
    known(params, ["payment_intent", "amount"]);
    const pi = state.intents.get(params.payment_intent);
    if (!pi) throw missing("payment_intent");
    const left = pi.amount_received - (pi.charge?.refunded ?? 0);
    const n = params.amount === undefined ? left : integer(params.amount, "amount");
    if (left === 0) throw invalid("charge_already_refunded", "nothing is left");
    if (n > left || n < 1) throw invalid("amount_too_large", `at most ${left}`);
    const re = { id: made("re"), amount: n, payment_intent: pi.id, created: now(), status: "succeeded",
        metadata: params.metadata ?? {} };
    state.refunds.set(re.id, re);
    pi.charge.refunded += n;
    emit("refund.created", shown_refund(re));
    emit("charge.refunded", shown_intent(pi, ["latest_charge"]).latest_charge);
    return shown_refund(re, params.expand);
}

function refund_fail(id) {
    const re = state.refunds.get(id);
    re.status = "failed";
    state.intents.get(re.payment_intent).charge.refunded -= re.amount;
    emit("refund.failed", shown_refund(re));
}

function refund_list(params) {
    known(params, ["payment_intent", "limit", "starting_after"]);
    const all = [...state.refunds.values()].reverse().filter((re) => re.payment_intent === params.payment_intent);
    return page(all, params, (re) => shown_refund(re));
}

// ---- customers and saved methods ----
function customer_create(params) {
    known(params, []);
    const customer = { id: made("cus"), object: "customer", metadata: params.metadata ?? {} };
    state.customers.set(customer.id, customer);
    return customer;
}

function save(seti) {
    const pm = { id: made("pm"), customer: seti.customer, card: seti.card };
    state.methods.set(pm.id, pm);
    seti.payment_method = pm.id;
    seti.status = "succeeded";
    seti.next_action = null;
    emit("setup_intent.succeeded", shown_setup(seti));
}

function setup_create(params) {
    known(params, ["customer", "payment_method", "payment_method_types", "confirm", "usage", "return_url"]);
    if (!state.customers.has(params.customer)) throw missing("customer");
    const card = card_of(params);
    const seti = { id: made("seti"), customer: params.customer, card, payment_method: params.payment_method,
        created: now(), metadata: params.metadata ?? {}, return_url: params.return_url };
    state.setups.set(seti.id, seti);
    if (card.decline || card.code) {
        fail(seti, card_error(card), "last_setup_error", shown_setup, "setup_intent.setup_failed");
        throw new Refusal(402, { ...card_error(card), setup_intent: shown_setup(seti) });
    }
    if (card.challenge) challenge(seti);
    else save(seti);
    return shown_setup(seti, params.expand);
}

function setup_get(id, params) {
    const seti = state.setups.get(id);
    if (!seti) throw missing("setup_intent");
    return shown_setup(seti, params.expand);
}

function method_list(id, params) {
    known(params, ["type", "limit"]);
    if (!state.customers.has(id)) throw missing("customer");
    return page([...state.methods.values()].filter((pm) => pm.customer === id), params, shown_method);
}

function method_detach(id, params) {
    known(params, []);
    const pm = state.methods.get(id);
    if (!pm) throw missing("payment_method");
    if (!pm.customer) throw invalid("payment_method_unexpected_state", "not attached");
    pm.customer = null;
    return shown_method(pm);
}

// ---- the bank's page ----
function authenticate(id, approve) {
    const thing = state.intents.get(id) ?? state.setups.get(id);
    if (!thing || thing.status !== "requires_action") return;
    const intent = state.intents.has(id);
    const error = { type: intent ? "card_error" : "invalid_request_error", message: "We are unable to authenticate",
        code: `${intent ? "payment" : "setup"}_intent_authentication_failure` };
    if (approve && intent) pay(thing);
    else if (approve) save(thing);
    else if (intent) fail(thing, error, "last_payment_error", shown_intent, "payment_intent.payment_failed");
    else fail(thing, error, "last_setup_error", shown_setup, "setup_intent.setup_failed");
}

// ---- routes ----
const ROUTES = [
    ["POST", /^\/v1\/payment_intents$/, (_, p) => intent_create(p)],
    ["GET", /^\/v1\/payment_intents$/, (_, p) => intent_list(p)],
    ["GET", /^\/v1\/payment_intents\/search$/, (_, p) => intent_search(p)],
    ["GET", /^\/v1\/payment_intents\/(\w+)$/, (id, p) => shown_intent(intent_get(id), p.expand)],
    ["POST", /^\/v1\/payment_intents\/(\w+)\/capture$/, intent_capture],
    ["POST", /^\/v1\/payment_intents\/(\w+)\/cancel$/, intent_cancel],
    ["POST", /^\/v1\/refunds$/, (_, p) => refund_create(p)],
    ["GET", /^\/v1\/refunds$/, (_, p) => refund_list(p)],
    ["POST", /^\/v1\/customers$/, (_, p) => customer_create(p)],
    ["POST", /^\/v1\/setup_intents$/, (_, p) => setup_create(p)],
    ["GET", /^\/v1\/setup_intents\/(\w+)$/, setup_get],
    ["GET", /^\/v1\/customers\/(\w+)\/payment_methods$/, method_list],
    ["POST", /^\/v1\/payment_methods\/(\w+)\/detach$/, method_detach],
];

function run(method, path, params) {
    for (const [m, pattern, fn] of ROUTES) {
        const hit = m === method && pattern.exec(path);
        if (!hit) continue;
        try {
            return { status: 200, body: fn(hit[1], params) };
        } catch (e) {
            if (!(e instanceof Refusal)) throw e;
            return { status: e.status, body: { error: e.error } };
        }
    }
    return { status: 404, body: { error: { type: "invalid_request_error", message: "Unrecognized request URL" } } };
}

// A known key gets its first answer, whatever it was; another request with it is refused.
function once(req, path, text, query, fault) {
    const key = req.headers["idempotency-key"];
    const print = createHash("sha256").update(`${req.method} ${path}\n${text}`).digest("hex");
    const before = key && state.keys.get(key);
    if (before && before.print !== print)
        return { status: 400, body: { error: { type: "idempotency_error",
            message: "Keys for idempotent requests can only be used with the same parameters" } } };
    if (before) return { ...before.answer, replayed: true };
    let answer = run(req.method, path, decode(req.method === "POST" ? text : query));
    if (fault?.mode === "500_after")
        answer = { status: 500, body: { error: { type: "api_error", message: "on our side" } } };
    if (key) state.keys.set(key, { print, answer });
    return answer;
}

function check_request(req) {
    if (req.headers.authorization !== `Bearer ${KEY}`)
        return { status: 401, body: { error: { type: "invalid_request_error", message: "Invalid API Key" } } };
    const form = "application/x-www-form-urlencoded";
    if (req.headers["stripe-version"] !== VERSION || (req.method === "POST" && req.headers["content-type"] !== form))
        return { status: 400, body: { error: { type: "invalid_request_error", message: "version or type" } } };
    if (req.method === "POST" && !req.headers["idempotency-key"])
        return { status: 400, body: { error: { type: "invalid_request_error", message: "no Idempotency-Key" } } };
    return null;
}

function take_fault(req, path) {
    const i = state.faults.findIndex((f) => f.match === `${req.method} ${path.replace(/(pi|seti|cus|pm)_\w+/, "ID")}`);
    if (i < 0) return null;
    const fault = state.faults[i];
    fault.count = (fault.count ?? 1) - 1;
    if (fault.count <= 0) state.faults.splice(i, 1);
    return fault;
}

function send(res, answer) {
    const headers = { "Content-Type": "application/json", "Request-Id": made("req") };
    if (answer.replayed) headers["Idempotent-Replayed"] = "true";
    res.writeHead(answer.status, headers).end(JSON.stringify(answer.body));
}

function api(req, res, url, text) {
    const fault = take_fault(req, url.pathname);
    state.calls.push(`${req.method} ${url.pathname}`);
    if (fault?.mode === "lost_before") return req.socket.destroy();
    if (fault?.mode === "429")
        return send(res, { status: 429, body: { error: { type: "invalid_request_error", code: "rate_limit" } } });
    if (fault?.mode === "500") return send(res, { status: 500, body: { error: { type: "api_error" } } });
    const answer = check_request(req) ?? once(req, url.pathname, text, url.search.slice(1), fault);
    if (fault?.mode === "lost_after") return req.socket.destroy();
    if (fault?.mode === "malformed")
        return res.writeHead(200, { "Content-Type": "application/json" }).end('{"id": "pi_');
    if (fault?.mode === "foreign") return send(res, { status: 200, body: { object: "list", data: [{ id: 7 }] } });
    if (fault?.mode === "half") {
        res.writeHead(200, { "Content-Length": 1000 }).write("{");
        return setTimeout(() => req.socket.destroy(), 20);
    }
    if (fault?.mode === "slow") return setTimeout(() => send(res, answer), fault.ms ?? 1000);
    send(res, answer);
}

// ---- what tests do with it ----
const signed = (event, at_s) => {
    const body = JSON.stringify(event);
    const mac = createHmac("sha256", SECRET).update(`${at_s}.${body}`).digest("hex");
    return { signature: `t=${at_s},v1=${mac},v0=${"0".repeat(64)}`, body };
};
const CONTROLS = {
    reset: () => Object.assign(state, { intents: new Map(), refunds: new Map(), setups: new Map(),
        customers: new Map(), methods: new Map(), keys: new Map(), faults: [], calls: [], events: [], search_lags: false, multicapture: true,
        now_s: 0 }),
    fault: (b) => state.faults.push(b),
    set: (b) => Object.assign(state, b),
    forget_keys: () => state.keys.clear(),
    authenticate: (b) => authenticate(b.id, b.approve),
    fail_refund: (b) => refund_fail(b.id),
    backdate: (b) => { state.intents.get(b.id).created = b.created; },
    status: (b) => { state.intents.get(b.id).status = b.status; },
    calls: () => state.calls,
    events: (b) => state.events.map((event) => signed(event, b.at_s ?? now())),
    count: () => ({ intents: state.intents.size, refunds: state.refunds.size, methods: state.methods.size }),
    deliver: async (b) => {
        const { signature, body } = signed(state.events[b.index], b.at_s ?? now());
        const reply = await fetch(b.url, { method: "POST", body,
            headers: { "Content-Type": "application/json", "Stripe-Signature": signature } });
        return { status: reply.status };
    },
};

const server = createServer((req, res) => {
    const chunks = [];
    req.on("data", (chunk) => chunks.push(chunk));
    req.on("end", async () => {
        const text = Buffer.concat(chunks).toString(), url = new URL(req.url, "http://stand-in");
        if (url.pathname.startsWith("/v1/")) return api(req, res, url, text);
        const control = CONTROLS[url.pathname.replace("/control/", "")];
        if (!control) return res.writeHead(404).end();
        send(res, { status: 200, body: (await control(text ? JSON.parse(text) : {})) ?? {} });
    });
});
server.listen(Number(process.env.STAND_IN_PORT ?? 0), "127.0.0.1", () => {
    state.base = `http://127.0.0.1:${server.address().port}`;
    console.log(server.address().port);
});
process.stdin.on("end", () => process.exit(0)).resume();
