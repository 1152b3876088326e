/* SPDX-License-Identifier: Apache-2.0
 * The program `souk`: picks the command. Must never do a command's work itself. */
#include "app/commands.h"

int main(int argc, char **argv)
{
    return commands_run(argc, argv);
}
