/* SPDX-License-Identifier: Apache-2.0
 * From the modules that libqrencode makes to an SVG. Called by flows; must never log the text,
 * which holds secrets. */
#include "platform/qr/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#include "base/buf.h"

#define QUIET 4   /* modules */
#define VERSION 0 /* as large as need be */

static void code_close_at(QRcode **code)
{
    if (*code)
        QRcode_free(*code);
}

err qr_svg(struct cx *cx, str text, str *ret)
{
    DEFER(code_close_at)
    QRcode *code =
        QRcode_encodeData((int)text.n, (const unsigned char *)text.p, VERSION, QR_ECLEVEL_M);
    if (!code)
        return FAIL(cx, ERR_BUG, "no QR code of %zu bytes: %s", text.n, strerror(errno));
    int n = code->width, side = n + 2 * QUIET;
    struct buf out = { .arena = cx->arena };
    buf_add(&out, S("<svg xmlns=\"http://www.w3.org/2000/svg\" shape-rendering=\"crispEdges\" "));
    buf_fmt(&out, "viewBox=\"0 0 %d %d\"", side, side);
    buf_add(&out, S("><path fill=\"#fff\" d=\""));
    buf_fmt(&out, "M0 0h%dv%dH0z", side, side);
    buf_add(&out, S("\"/><path d=\""));
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++)
            if (code->data[y * n + x] & 1) {
                int run = 1;
                while (x + run < n && (code->data[y * n + x + run] & 1))
                    run++;
                buf_fmt(&out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
                x += run;
            }
    buf_add(&out, S("\"/></svg>"));
    *ret = buf_str(&out);
    return NULL;
}
