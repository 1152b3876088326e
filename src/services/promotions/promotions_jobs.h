/* SPDX-License-Identifier: Apache-2.0
 * What runs by itself: uses that nobody confirmed are given back. Read by promotions.c. */
#ifndef SOUK_SERVICES_PROMOTIONS_PROMOTIONS_JOBS_H
#define SOUK_SERVICES_PROMOTIONS_PROMOTIONS_JOBS_H

#include "platform/job/job.h"

extern const struct job promotions_jobs[];

#endif
