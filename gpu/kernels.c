/*
 * Counts what a program runs on a GPU. The driver loads this library into it when CUDA_INJECTION64_PATH names it; at the
 * program's end a line per kernel, "count microseconds name", goes to the file that KERNELS_OUT names.
 */
#include <cupti.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES (8 << 20)
#define MOST_NAMES 4096

static struct {
    char *name;
    long count;
    uint64_t nanos;
} entries[MOST_NAMES];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void add(const char *name, uint64_t nanos) {
    uint32_t slot = 5381;
    for (const char *c = name; *c != 0; c++) {
        slot = slot * 33 + (unsigned char)*c;
    }
    pthread_mutex_lock(&lock);
    for (int tries = 0; tries < MOST_NAMES; tries++) {
        slot = (slot + 1) % MOST_NAMES;
        if (entries[slot].name == NULL) {
            entries[slot].name = strdup(name);
        }
        if (strcmp(entries[slot].name, name) == 0) {
            entries[slot].count++;
            entries[slot].nanos += nanos;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
}

static void CUPTIAPI requested(uint8_t **buffer, size_t *size, size_t *records) {
    *buffer = aligned_alloc(8, BUFFER_BYTES);
    *size = (*buffer != NULL) ? BUFFER_BYTES : 0;
    *records = 0;
}

static void CUPTIAPI completed(CUcontext context, uint32_t stream, uint8_t *buffer, size_t size, size_t valid) {
    (void)context, (void)stream, (void)size;
    CUpti_Activity *record = NULL;
    while (cuptiActivityGetNextRecord(buffer, valid, &record) == CUPTI_SUCCESS) {
        if (record->kind == CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL) {
            KERNEL_RECORD *kernel = (KERNEL_RECORD *)record;
            add(kernel->name, kernel->end - kernel->start);
        } else if (record->kind == CUPTI_ACTIVITY_KIND_MEMCPY) {
            MEMCPY_RECORD *copy = (MEMCPY_RECORD *)record;
            add("(copy of memory)", copy->end - copy->start);
        } else if (record->kind == CUPTI_ACTIVITY_KIND_MEMSET) {
            MEMSET_RECORD *set = (MEMSET_RECORD *)record;
            add("(setting of memory)", set->end - set->start);
        }
    }
    free(buffer);
}

static void report(void) {
    cuptiActivityFlushAll(1);
    const char *path = getenv("KERNELS_OUT");
    FILE *out = (path != NULL) ? fopen(path, "w") : NULL;
    if (out == NULL) {
        return;
    }
    for (int i = 0; i < MOST_NAMES; i++) {
        if (entries[i].name != NULL) {
            fprintf(out, "%ld %.1f %s\n", entries[i].count, entries[i].nanos / 1e3, entries[i].name);
        }
    }
    fclose(out);
}

int InitializeInjection(void) {
    if (cuptiActivityRegisterCallbacks(requested, completed) != CUPTI_SUCCESS
            || cuptiActivityEnable(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL) != CUPTI_SUCCESS) {
        fputs("kernels: CUPTI does not let kernels be counted\n", stderr);
        return 1;
    }
    cuptiActivityEnable(CUPTI_ACTIVITY_KIND_MEMCPY);
    cuptiActivityEnable(CUPTI_ACTIVITY_KIND_MEMSET);
    atexit(report);
    return 1;
}
