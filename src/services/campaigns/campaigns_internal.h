/* SPDX-License-Identifier: Apache-2.0
 * What the files of campaigns share. For this folder alone. */
#ifndef SOUK_SERVICES_CAMPAIGNS_CAMPAIGNS_INTERNAL_H
#define SOUK_SERVICES_CAMPAIGNS_CAMPAIGNS_INTERNAL_H

#include "services/campaigns/campaigns.h"

struct campaigns {
    struct db *db;
    currency currency;
};
extern const struct route campaigns_routes[];

#endif
