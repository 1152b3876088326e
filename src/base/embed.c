/* SPDX-License-Identifier: Apache-2.0
 * Looks up files built into the binary. Called at start, and by pages when they are parsed.
 * Must never be asked once per request: the list is walked. */
#include "base/embed.h"

str embedded_find(str path)
{
    for (size_t i = 0; i < embedded_files_n; i++) {
        if (str_eq(embedded_files[i].path, path))
            return embedded_files[i].bytes;
    }
    return (str){ NULL, 0 };
}
