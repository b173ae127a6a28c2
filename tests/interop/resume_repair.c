/*
 * Preloaded into SyncEvolution 2.0.0's server, repairs the one defect that keeps it from resuming: its engine looks for
 * "ResumeSupported:yes" among the capabilities of a store, and SyncEvolution only ever writes "no", although its own
 * header calls "yes" the default. The line is added where the store keeps its own administrative data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned short (*Capabilities)(void* context, char** capabilities);

unsigned short SyncEvolution_Module_Capabilities(void* context, char** capabilities);

unsigned short SyncEvolution_Module_Capabilities(void* context, char** capabilities)
{
    static const char line[] = "ResumeSupported:yes\n";
    Capabilities real;
    *(void**)&real = dlsym(RTLD_NEXT, "SyncEvolution_Module_Capabilities"); /* as POSIX has it */
    const unsigned short result = real(context, capabilities);
    if (result != 0 || !*capabilities || !strstr(*capabilities, "plugin_datastoreadmin:yes") ||
        strstr(*capabilities, "ResumeSupported"))
        return result;
    char* longer = realloc(*capabilities, strlen(*capabilities) + sizeof line);
    if (longer) {
        strcat(longer, line);
        *capabilities = longer;
    }
    return result;
}
