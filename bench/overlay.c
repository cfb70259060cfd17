/* The load of bench/overlay, to be run in containers and network namespaces.

     load serve                      answers bytes over TCP and UDP at 7000, counts datagrams at 7001, says how many at 7002
     load stream ADDRESS SECONDS     round trips of one byte over TCP: per second, median and 99th percentile in us
     load datagram ADDRESS SECONDS   the same over UDP
     load flood ADDRESS SECONDS      datagrams of 64 bytes, as many as go: per second sent, and received
     load connect ADDRESS SECONDS    TCP connections made, asked for one byte and ended, one after the other: per second
     load stamp                      seconds and nanoseconds of the clock, two 64-bit numbers: when a container's program began */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { ECHO = 7000, SINK = 7001, COUNT = 7002, PAYLOAD = 64, BATCH = 32, SAMPLES = 1 << 23 };

static volatile uint64_t received;
static uint32_t *samples;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void no_delay(int socket) {
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Of any address, or of a peer's. */
static int open_socket(int type, const char *peer, int port) {
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    int on = 1;
    int result = socket(AF_INET, type, 0);
    if (result < 0)
        fail("socket");
    if (peer == NULL) {
        setsockopt(result, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (bind(result, (struct sockaddr *) &address, sizeof address) != 0)
            fail("bind");
        if (type == SOCK_STREAM && listen(result, 128) != 0)
            fail("listen");
        return result;
    }
    if (inet_pton(AF_INET, peer, &address.sin_addr) != 1) {
        fprintf(stderr, "load: no address: %s\n", peer);
        exit(1);
    }
    /* Of what a service without tasks, or without a way, leaves unanswered. */
    struct timeval patience = { .tv_sec = 5 };
    setsockopt(result, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(result, (struct sockaddr *) &address, sizeof address) != 0)
        fail("connect");
    if (type == SOCK_STREAM)
        no_delay(result);
    return result;
}

static void *echo_stream(void *argument) {
    int socket = (int) (intptr_t) argument;
    char byte;
    no_delay(socket);
    while (read(socket, &byte, 1) == 1 && write(socket, &byte, 1) == 1)
        ;
    close(socket);
    return NULL;
}

static void *echo_streams(void *unused) {
    int server = open_socket(SOCK_STREAM, NULL, ECHO);
    (void) unused;
    for (;;) {
        int socket = accept(server, NULL, NULL);
        pthread_t thread;
        if (socket < 0)
            continue;
        if (pthread_create(&thread, NULL, echo_stream, (void *) (intptr_t) socket) == 0)
            pthread_detach(thread);
        else
            close(socket);
    }
    return NULL;
}

static void *echo_datagrams(void *unused) {
    int server = open_socket(SOCK_DGRAM, NULL, ECHO);
    (void) unused;
    for (;;) {
        char byte;
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        if (recvfrom(server, &byte, 1, 0, (struct sockaddr *) &from, &length) == 1)
            sendto(server, &byte, 1, 0, (struct sockaddr *) &from, length);
    }
    return NULL;
}

static void *count_datagrams(void *unused) {
    static char buffers[BATCH][PAYLOAD];
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    int server = open_socket(SOCK_DGRAM, NULL, SINK);
    (void) unused;
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec) { buffers[i], PAYLOAD };
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (;;) {
        int count = recvmmsg(server, messages, BATCH, MSG_WAITFORONE, NULL);
        if (count > 0)
            received += count;
    }
    return NULL;
}

static void serve(void) {
    pthread_t thread;
    int server = open_socket(SOCK_STREAM, NULL, COUNT);
    if (pthread_create(&thread, NULL, echo_streams, NULL) != 0 || pthread_create(&thread, NULL, echo_datagrams, NULL) != 0
            || pthread_create(&thread, NULL, count_datagrams, NULL) != 0)
        fail("pthread_create");
    for (;;) {
        int socket = accept(server, NULL, NULL);
        uint64_t count = received;
        if (socket < 0)
            continue;
        if (write(socket, &count, sizeof count) != sizeof count)
            perror("write");
        close(socket);
    }
}

static int ascending(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *) one, b = *(const uint32_t *) other;
    return a < b ? -1 : a > b;
}

static void round_trips(int type, const char *address, double seconds) {
    int socket = open_socket(type, address, ECHO);
    struct timeval patience = { .tv_sec = 1 };
    uint32_t count = 0;
    uint32_t lost = 0;
    double begin = now();
    double end = begin + seconds;
    double before = begin;
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    samples = malloc(SAMPLES * sizeof *samples);
    while (before < end && count < SAMPLES) {
        char byte = 1;
        if (send(socket, &byte, 1, 0) != 1)
            fail("send");
        if (recv(socket, &byte, 1, 0) != 1) {
            if (type == SOCK_STREAM || ++lost > 3)
                fail("recv");
            before = now();
            continue;
        }
        double after = now();
        samples[count++] = (after - before) * 1e9;
        before = after;
    }
    qsort(samples, count, sizeof *samples, ascending);
    printf("%.0f %.1f %.1f\n", count / (before - begin), samples[count / 2] / 1e3, samples[(uint64_t) count * 99 / 100] / 1e3);
}

static uint64_t count_of(const char *address) {
    uint64_t count;
    int socket = open_socket(SOCK_STREAM, address, COUNT);
    if (recv(socket, &count, sizeof count, MSG_WAITALL) != sizeof count)
        fail("recv");
    close(socket);
    return count;
}

static void flood(const char *address, double seconds) {
    static char payload[PAYLOAD];
    struct iovec vector = { payload, PAYLOAD };
    struct mmsghdr messages[BATCH];
    uint64_t sent = 0;
    uint64_t before = count_of(address);
    int socket = open_socket(SOCK_DGRAM, address, SINK);
    double begin = now();
    double end = begin;
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        messages[i].msg_hdr.msg_iov = &vector;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    while ((end = now()) < begin + seconds) {
        int count = sendmmsg(socket, messages, BATCH, 0);
        if (count > 0)
            sent += count;
        else if (errno != ENOBUFS && errno != EAGAIN)
            fail("sendmmsg");
    }
    usleep(200000); /* what is on its way */
    printf("%.0f %.0f\n", sent / (end - begin), (count_of(address) - before) / (end - begin));
}

static void connections(const char *address, double seconds) {
    /* Reset, so that no port waits. */
    struct linger linger = { .l_onoff = 1 };
    uint64_t count = 0;
    double begin = now();
    double end;
    while ((end = now()) < begin + seconds) {
        char byte = 1;
        int socket = open_socket(SOCK_STREAM, address, ECHO);
        if (send(socket, &byte, 1, 0) != 1 || recv(socket, &byte, 1, 0) != 1)
            fail("send or recv");
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        close(socket);
        count++;
    }
    printf("%.0f\n", count / (end - begin));
}

int main(int count, char **words) {
    const char *what = count > 1 ? words[1] : "";
    if (strcmp(what, "stamp") == 0) {
        struct timespec time;
        clock_gettime(CLOCK_REALTIME, &time);
        int64_t both[] = { time.tv_sec, time.tv_nsec };
        return write(1, both, sizeof both) == sizeof both ? 0 : 1;
    }
    if (strcmp(what, "serve") == 0) {
        serve();
    } else if (count == 4 && strcmp(what, "stream") == 0) {
        round_trips(SOCK_STREAM, words[2], atof(words[3]));
    } else if (count == 4 && strcmp(what, "datagram") == 0) {
        round_trips(SOCK_DGRAM, words[2], atof(words[3]));
    } else if (count == 4 && strcmp(what, "flood") == 0) {
        flood(words[2], atof(words[3]));
    } else if (count == 4 && strcmp(what, "connect") == 0) {
        connections(words[2], atof(words[3]));
    } else {
        fprintf(stderr, "load serve | stamp | stream, datagram, flood or connect ADDRESS SECONDS\n");
        return 2;
    }
    return 0;
}
