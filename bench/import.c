/* SPDX-License-Identifier: Apache-2.0
 * `souk import products` into store and index: the Icecat file when it is there, and 50,000 made
 * rows. Called by `./dev bench import`. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "bench/bench_http.h"

static const char *const kinds[] = { "Notebook", "Mouse", "Keyboard", "Monitor", "Printer",
    "Tablet", "Headset", "Projector", "Router", "Webcam" };
static const char *const colours[] = { "Black", "White", "Silver", "Blue", "Red", "Green" };
static const char *const brands[] = { "Acme", "Borea", "Cirrus", "Dorado", "Elara", "Fjord",
    "Gamma", "Helix", "Indus", "Juno" };

/* A row as the Icecat file has them. */
static void add_row(struct buf *out, struct rng *rng, int64_t i)
{
    const char *kind = kinds[rng_below(rng, COUNT(kinds))];
    const char *colour = colours[rng_below(rng, COUNT(colours))];
    const char *brand = brands[rng_below(rng, COUNT(brands))];
    long long model = (long long)rng_below(rng, 9000) + 1000;
    int64_t digits[13], sum = 0, rest = 2000000000000 / 10 + i;
    for (int k = 11; k >= 0; k--) {
        digits[k] = rest % 10;
        rest /= 10;
        sum += digits[k] * (k % 2 ? 3 : 1);
    }
    digits[12] = (10 - sum % 10) % 10;
    buf_add(out, S("{\"id\":\""));
    buf_i64(out, 90000000 + i);
    buf_add(out, S("\",\"name\":\"B"));
    buf_i64(out, i);
    buf_add(out, S("\",\"title\":\""));
    buf_fmt(out, "%s %s %lld %s series", brand, kind, model, colour);
    buf_add(out, S("\",\"ean\":[\""));
    for (size_t k = 0; k < 13; k++)
        buf_i64(out, digits[k]);
    buf_add(out, S("\"],\"short_description\":\""));
    buf_fmt(out, "A %s for every desk: model %lld in %s, with two years of warranty", kind, model,
        colour);
    buf_add(out, S("\",\"date_released\":\"2019-04-01T00:00:00Z\",\"supplier\":\""));
    buf_add(out, str_from_c(brand));
    buf_add(out, S("\",\"price\":"));
    buf_i64(out, rng_between(rng, 999, 199999));
    buf_add(out, S(",\"attr_t_product_type\":\""));
    buf_add(out, str_from_c(kind));
    buf_add(out, S("\",\"attr_t_product_colour\":\""));
    buf_add(out, str_from_c(colour));
    buf_add(out, S("\",\"attr_n_weight\":"));
    buf_i64(out, rng_between(rng, 50, 9000));
    buf_add(out, S(",\"attr_b_wireless\":"));
    buf_add(out, rng_chance(rng, 500) ? S("true}\n") : S("false}\n"));
}

static const char *made_file(struct bench *b, int64_t rows)
{
    const char *path = str_c(b->arena, str_fmt(b->arena, "%s/made.ndjson", b->dir));
    FILE *f = fopen(path, "we");
    if (!f)
        bench_die(b, "cannot write %s", path);
    struct rng rng = rng_seeded(1);
    struct arena *scratch = arena_open(4096);
    for (int64_t i = 0; i < rows; i++) {
        arena_reset(scratch);
        struct buf row = { .arena = scratch };
        add_row(&row, &rng, i);
        fwrite(row.p, 1, row.n, f);
    }
    arena_close(scratch);
    fclose(f);
    return path;
}

/* "import: 19406 rows, ..." at the end of the log. */
static double rows_of(struct bench *b, const char *data)
{
    struct bench_command c = { .out = str_c(b->arena, str_fmt(b->arena, "%s/souk.log", data)) };
    str log = bench_output(b, &c);
    double rows = 0;
    while (log.n) {
        str line = str_cut(&log, '\n');
        long long n;
        const char *text = str_c(b->arena, line);
        const char *at = strstr(text, "import: ");
        if (at && sscanf(at, "import: %lld rows", &n) == 1)
            rows = (double)n;
    }
    if (rows <= 0)
        bench_die(b, "nothing was imported");
    return rows;
}

static void measure(struct bench *b, const char *name, const char *file)
{
    double rates[3], seconds[3];
    size_t reps = b->quick ? 1 : 3;
    for (size_t i = 0; i < reps; i++) {
        const char *data = bench_folder(b, str_c(b->arena, str_fmt(b->arena, "%s-%zu", name, i)));
        double began = bench_now_s();
        bench_souk(b, data, NULL, (const char *const[]){ "import", "products", file, NULL });
        seconds[i] = bench_now_s() - began;
        rates[i] = rows_of(b, data) / seconds[i];
    }
    bench_say(b, (struct bench_figure){ name, "rate", bench_median(rates, reps), "rows/s", 20000,
                     "budget", .floor = 1 });
    bench_say(
        b, (struct bench_figure){ name, "time", bench_median(seconds, reps), "s", 1, "second" });
}

int main(int argc, char **argv)
{
    struct bench *b = bench_open(argc, argv, "import");
    const char *icecat =
        str_c(b->arena, str_fmt(b->arena, "%s/../shared/data/icecat-products.ndjson.gz", b->root));
    if (bench_wants(b, "icecat")) {
        if (access(icecat, R_OK) == 0)
            measure(b, "icecat", icecat);
        else
            bench_note(b, "no Icecat data at ../shared/data: not measured");
    }
    if (bench_wants(b, "made"))
        measure(b, "made", made_file(b, 50000));
    return bench_close(b);
}
