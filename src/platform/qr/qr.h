/* SPDX-License-Identifier: Apache-2.0
 * QR codes as pictures, over libqrencode. Thread-safe. */
#ifndef SOUK_PLATFORM_QR_QR_H
#define SOUK_PLATFORM_QR_QR_H

#include "base/err.h"

/* An SVG of black on white with the quiet zone that readers want. ERR_BUG: too long for a QR code.
 */
err qr_svg(struct cx *cx, str text, str *ret) MUST_USE;

#endif
