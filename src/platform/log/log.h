/* SPDX-License-Identifier: Apache-2.0
 * Structured log to stderr: readable text on a terminal, one JSON object a line otherwise. Only the
 * edges (gateway, bus, scheduler, main) log. Never secrets or personal data. Thread-safe. */
#ifndef SOUK_PLATFORM_LOG_LOG_H
#define SOUK_PLATFORM_LOG_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_AUTO, LOG_TEXT, LOG_JSON };
struct log;

/* fd is usually 2. A NULL log is allowed everywhere and drops all lines. */
struct log *log_open(struct arena *life, int fd, enum log_format format, enum log_level least);

struct log_field {
    const char *name;
    str text;       /* used when .p is set */
    int64_t number; /* else */
};
#define LOG_FIELDS(...)                                                                            \
    (const struct log_field[])                                                                     \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
/* fields may be NULL; ends with a nameless one. */
void log_line(struct log *log, enum log_level level, str message, const struct log_field *fields);
/* The one line about a failure: slug, where, detail, request id. BUG is an error, BUSY and
 * UPSTREAM a warning, the rest debug. */
void log_err(struct log *log, const struct cx *cx, err e, str doing);

#endif
