/* SPDX-License-Identifier: Apache-2.0
 * The words of the command line: `souk serve`, `souk config`, `souk routes` and the rest. */
#ifndef SOUK_APP_COMMANDS_H
#define SOUK_APP_COMMANDS_H

int commands_run(int argc, char **argv);

#endif
