/* Who a process wants to speak to, by LD_PRELOAD: each address beyond this machine that is connected or sent to, and each name that is looked
   up, is written down as a line of the file OUTWARD, and then let go. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void note(const char *how, const char *where) {
    const char *path = getenv("OUTWARD");
    int file = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (file < 0) return;
    char line[512];
    int length = snprintf(line, sizeof line, "%s %s\n", how, where);
    if (write(file, line, length < (int)sizeof line ? length : (int)sizeof line - 1) < 0) { /* nobody to tell */ }
    close(file);
}

static void look(const char *how, const struct sockaddr *to) {
    char where[INET6_ADDRSTRLEN] = "";
    if (to && to->sa_family == AF_INET) {
        const struct in_addr *address = &((const struct sockaddr_in *)to)->sin_addr;
        if ((ntohl(address->s_addr) >> 24) == 127) return;
        inet_ntop(AF_INET, address, where, sizeof where);
    } else if (to && to->sa_family == AF_INET6) {
        const struct in6_addr *address = &((const struct sockaddr_in6 *)to)->sin6_addr;
        if (IN6_IS_ADDR_LOOPBACK(address) || (IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == 127)) return;
        inet_ntop(AF_INET6, address, where, sizeof where);
    } else {
        return;
    }
    note(how, where);
}

int connect(int end, const struct sockaddr *to, socklen_t length) {
    int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
    look("connect", to);
    return real(end, to, length);
}

ssize_t sendto(int end, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "sendto");
    look("send", to);
    return real(end, data, size, flags, to, length);
}

ssize_t sendmsg(int end, const struct msghdr *message, int flags) {
    ssize_t (*real)(int, const struct msghdr *, int) = dlsym(RTLD_NEXT, "sendmsg");
    look("send", message ? message->msg_name : NULL);
    return real(end, message, flags);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
    struct in6_addr address;
    if (name && strcmp(name, "localhost") && inet_pton(AF_INET, name, &address) != 1 && inet_pton(AF_INET6, name, &address) != 1)
        note("look-up", name);
    return real(name, service, hints, found);
}
