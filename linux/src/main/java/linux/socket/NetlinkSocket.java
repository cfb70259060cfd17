package linux.socket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.netlink.AnswerCollector;
import linux.netlink.MalformedReplyException;
import linux.netlink.NetlinkHeader;
import linux.netlink.NetlinkRequest;
import linux.netlink.NftablesMessages;
import linux.netlink.Reply;
import linux.netlink.ReplyParser;
import linux.syscall.SystemCallException;

/**
 * A netlink socket ({@code netlink(7)}): sends requests and waits for the kernel's answers.
 *
 * <p>It belongs to the network namespace of the thread that opened it, whichever thread uses it
 * later. Safe for use by several threads, one request at a time. The kernel answers while the
 * request is being sent, so no call waits for anything but the kernel's own work.
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final int NETLINK_NETFILTER = 12;
    private static final int NETLINK_GENERIC = 16;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int MSG_TRUNC = 0x20;
    /** The kernel fills at most 32 KB per answer to a dump. */
    private static final int RECEIVE_BYTES = 65_536;
    private static final int MOST_RECEIVE_BYTES = 1 << 24;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int SEND_BYTES = 65_536;
    private static final int DUMP_ATTEMPTS = 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Arena arena = Arena.ofShared();
    private final SocketCall calls = new SocketCall(arena);
    private final MemorySegment sendBuffer = arena.allocate(SEND_BYTES, 8);
    private MemorySegment receiveBuffer = arena.allocate(RECEIVE_BYTES, 8);
    private final int descriptor;
    private int sequence;
    private boolean closed;

    private NetlinkSocket(int protocol, String protocolName) throws SystemCallException {
        long result = calls.call(SystemCall.SOCKET, AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
        if (result < 0) {
            arena.close();
            throw new SystemCallException("socket", "AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, "
                    + protocolName, (int) -result);
        }
        descriptor = (int) result;
        enable(NETLINK_CAP_ACK);
        enable(NETLINK_EXT_ACK);
    }

    /** Opens a socket for links, addresses, routes and neighbours ({@code rtnetlink(7)}). */
    public static NetlinkSocket route() throws SystemCallException {
        return new NetlinkSocket(NETLINK_ROUTE, "NETLINK_ROUTE");
    }

    /** Opens a socket for netfilter: nf_tables, connection tracking. */
    public static NetlinkSocket netfilter() throws SystemCallException {
        return new NetlinkSocket(NETLINK_NETFILTER, "NETLINK_NETFILTER");
    }

    /** Opens a socket for the generic families. */
    public static NetlinkSocket generic() throws SystemCallException {
        return new NetlinkSocket(NETLINK_GENERIC, "NETLINK_GENERIC");
    }

    /**
     * Explanations are a courtesy of newer kernels: without the options, errors lack a sentence.
     */
    private void enable(int option) {
        MemorySegment one = sendBuffer.asSlice(0, 4);
        one.set(ValueLayout.JAVA_INT, 0, 1);
        calls.call(SystemCall.SETSOCKOPT, descriptor, SOL_NETLINK, option, one.address(), 4, 0);
    }

    /**
     * Sends a request and waits until it is done.
     *
     * @throws NetlinkException if the kernel refuses it
     * @throws IOException      if the socket fails
     */
    public void request(NetlinkRequest request) throws IOException {
        whole(request, false);
    }

    /**
     * Sends a request and waits until it is done.
     *
     * @return false if the kernel answered with the given error, which the caller is content with
     * @throws NetlinkException if the kernel refuses it for another reason
     */
    public boolean requestUnless(Errno accepted, NetlinkRequest request) throws IOException {
        try {
            whole(request, false);
            return true;
        } catch (NetlinkException refused) {
            if (refused.is(accepted)) {
                return false;
            }
            throw refused;
        }
    }

    /**
     * Asks for one object.
     *
     * @return the payload of the answer; empty if the kernel answered with the given error
     */
    public Optional<byte[]> get(NetlinkRequest request, Errno absent) throws IOException {
        try {
            List<byte[]> answers = whole(request, true).payloads();
            if (answers.isEmpty()) {
                throw new IOException(request.symbolic() + ": acknowledged without an answer");
            }
            return Optional.of(answers.getFirst());
        } catch (NetlinkException refused) {
            if (refused.is(absent)) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /**
     * Asks for all objects of a kind; asks again if the set changed while it was told, or a part of the answer was
     * lost.
     *
     * @return the payload of each
     * @throws IOException if no answer was whole
     */
    public List<byte[]> dump(NetlinkRequest request) throws IOException {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            AnswerCollector answer = exchange(request, false);
            if (answer.isWhole()) {
                return answer.payloads();
            }
        }
        throw new IOException(request.symbolic() + ": the set kept changing while it was read, or answers were lost, "
                + DUMP_ATTEMPTS + " times");
    }

    private AnswerCollector whole(NetlinkRequest request, boolean firstOnly) throws IOException {
        AnswerCollector answer = exchange(request, firstOnly);
        if (!answer.isWhole() && answer.payloads().isEmpty()) {
            throw new IOException(request.symbolic() + ": the kernel dropped answers");
        }
        return answer;
    }

    /**
     * Sends requests to nf_tables that happen as a whole, or not at all.
     *
     * @throws NetlinkException if the kernel refuses one of them, and so all
     * @throws IOException      if they are more than fits into one batch of 64 KiB, or the socket fails
     */
    public void batch(List<NetlinkRequest> requests) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException("a batch of " + requests.size() + ": the netlink socket is closed");
            }
            if (requests.isEmpty()) {
                return;
            }
            List<NetlinkRequest> all = new ArrayList<>(requests);
            all.addFirst(NftablesMessages.batchBegin());
            all.addLast(NftablesMessages.batchEnd());
            if (sequence > Integer.MAX_VALUE - all.size()) {
                sequence = 0;
            }
            int first = sequence + 1;
            sequence += all.size();
            send(all, first);
            receiveAcknowledgement(all, first);
        } finally {
            lock.unlock();
        }
    }

    /** Only the last request asks for a word: the kernel keeps room for some hundred answers alone. */
    private void send(List<NetlinkRequest> batch, int first) throws IOException {
        int length = 0;
        for (int i = 0; i < batch.size(); i++) {
            byte[] message = NetlinkHeader.withAcknowledgement(NetlinkHeader.withSequence(batch.get(i).message(), first + i),
                    i == batch.size() - 2);
            int padded = message.length + 3 & ~3;
            if (length + padded > SEND_BYTES) {
                throw new IOException(batch.get(i).symbolic() + ": the batch has more than " + SEND_BYTES + " bytes");
            }
            MemorySegment.copy(message, 0, sendBuffer, ValueLayout.JAVA_BYTE, length, message.length);
            length += padded;
        }
        long sent = calls.call(SystemCall.SENDTO, descriptor, sendBuffer.address(), length, 0, 0, 0);
        if (sent < 0) {
            throw new SystemCallException("sendto", descriptor + ", a batch of " + batch.size(), (int) -sent);
        }
    }

    private void receiveAcknowledgement(List<NetlinkRequest> batch, int first) throws IOException {
        NetlinkRequest last = batch.get(batch.size() - 2);
        while (true) {
            Received received = receive(last, 0);
            if (received.fate() == Fate.LOST) {
                throw new IOException(last.symbolic() + ": the kernel dropped answers");
            }
            for (Reply reply : received.replies()) {
                int number = reply.sequence() - first;
                if (number < 0 || number >= batch.size()) {
                    continue; // the rest of an answer nobody waits for any more
                }
                switch (reply) {
                    case Reply.Failed failed ->
                        throw new NetlinkException(batch.get(number), failed.errno(), failed.explanation());
                    case Reply.Acknowledged _ -> {
                        return;
                    }
                    case Reply.Overrun _ -> throw new IOException(last.symbolic() + ": the kernel dropped answers");
                    case Reply.Data _, Reply.Done _ -> { /* nothing was asked for */ }
                }
            }
        }
    }

    private AnswerCollector exchange(NetlinkRequest request, boolean firstOnly) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IOException(request.symbolic() + ": the netlink socket is closed");
            }
            sequence = sequence == Integer.MAX_VALUE ? 1 : sequence + 1;
            send(request);
            return receiveAnswer(request, firstOnly);
        } finally {
            lock.unlock();
        }
    }

    private void send(NetlinkRequest request) throws IOException {
        byte[] message = NetlinkHeader.withSequence(request.message(), sequence);
        if (message.length > SEND_BYTES) {
            throw new IOException(request.symbolic() + ": " + message.length
                    + " bytes, at most " + SEND_BYTES + " can be sent");
        }
        MemorySegment.copy(message, 0, sendBuffer, ValueLayout.JAVA_BYTE, 0, message.length);
        long sent = calls.call(SystemCall.SENDTO, descriptor, sendBuffer.address(), message.length,
                0, 0, 0);
        if (sent < 0) {
            throw new SystemCallException("sendto", descriptor + ", " + request.symbolic(),
                    (int) -sent);
        }
    }

    /** Reads until the request is acknowledged, refused or its dump is done, or has one answer. */
    private AnswerCollector receiveAnswer(NetlinkRequest request, boolean firstOnly) throws IOException {
        AnswerCollector answer = new AnswerCollector(sequence, firstOnly);
        boolean lost = false;
        boolean ended = false;
        while (!ended) {
            // What was lost may have been the end. The kernel answers meanwhile, so what does not wait here never
            // comes.
            Received received = receive(request, lost ? MSG_DONTWAIT : 0);
            switch (received.fate()) {
                case ARRIVED -> ended = answer.take(received.replies());
                case LOST -> {
                    lost = true;
                    answer.lose();
                }
                case NOTHING -> ended = true;
            }
        }
        if (answer.failure().isPresent()) {
            throw new NetlinkException(request, answer.failure().get().errno(), answer.failure().get().explanation());
        }
        return answer;
    }

    private enum Fate {
        ARRIVED, LOST, NOTHING
    }

    private record Received(Fate fate, List<Reply> replies) {
        static Received none(Fate fate) {
            return new Received(fate, List.of());
        }
    }

    private Received receive(NetlinkRequest request, int flags) throws IOException {
        long room = receiveBuffer.byteSize();
        long received = calls.call(SystemCall.RECVFROM, descriptor, receiveBuffer.address(),
                room, MSG_TRUNC | flags, 0, 0);
        if (received == -Errno.ENOBUFS.number()) {
            return Received.none(Fate.LOST);
        }
        if (received == -Errno.EAGAIN.number() && flags != 0) {
            return Received.none(Fate.NOTHING);
        }
        if (received < 0) {
            throw new SystemCallException("recvfrom", descriptor + ", answer to "
                    + request.symbolic(), (int) -received);
        }
        if (received > room) {
            if (received > MOST_RECEIVE_BYTES) {
                throw new IOException(request.symbolic() + ": answer of " + received
                        + " bytes, room for " + room);
            }
            receiveBuffer = arena.allocate(Long.highestOneBit(received) * 2, 8);
            return Received.none(Fate.LOST);
        }
        try {
            return new Received(Fate.ARRIVED, ReplyParser.parse(
                    receiveBuffer.asSlice(0, received).toArray(ValueLayout.JAVA_BYTE)));
        } catch (MalformedReplyException malformed) {
            throw new IOException(request.symbolic() + ": " + malformed.getMessage(), malformed);
        }
    }

    /** Closes the socket; later requests fail. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                calls.close(descriptor);
                arena.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
