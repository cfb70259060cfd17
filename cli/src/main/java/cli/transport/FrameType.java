package cli.transport;

/** Frame types, flags, settings and error codes of HTTP/2 (RFC 9113 §6, §7). */
final class FrameType {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int FLAG_END_STREAM = 1;
    static final int FLAG_ACK = 1;
    static final int FLAG_END_HEADERS = 4;
    static final int FLAG_PADDED = 8;
    static final int FLAG_PRIORITY = 0x20;

    static final int SETTING_ENABLE_PUSH = 2;
    static final int SETTING_MAX_CONCURRENT_STREAMS = 3;
    static final int SETTING_INITIAL_WINDOW_SIZE = 4;
    static final int SETTING_MAX_FRAME_SIZE = 5;
    static final int SETTING_MAX_HEADER_LIST_SIZE = 6;

    static final int NO_ERROR = 0;
    static final int PROTOCOL_ERROR = 1;
    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;

    private FrameType() {}
}
