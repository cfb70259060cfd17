package cli.transport;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How a call ended, read from its last headers (gRPC over HTTP2, "Responses"). */
final class Status {
    private Status() {}

    /**
     * The failure that headers tell of.
     *
     * @param headers a header list of the daemon
     * @param last    whether they end the stream: then they must hold a status
     * @return null if they tell of none
     */
    static CallException ofHeaders(List<Header> headers, boolean last) {
        String http = value(headers, ":status");
        String status = value(headers, "grpc-status");
        String message = value(headers, "grpc-message");
        if (!http.isEmpty() && !http.equals("200") && status.isEmpty()) {
            return new CallException(CallException.UNAVAILABLE,
                    "what answers on the socket is no jctl daemon: HTTP status " + http, "", 0);
        }
        if (!last || status.equals("0")) {
            return null;
        }
        int code = number(status, CallException.UNKNOWN);
        String text = message.isEmpty() ? "the daemon failed without a word, gRPC status " + status
                : percentDecoded(message);
        return new CallException(code, text, value(headers, "jctl-reason"),
                number(value(headers, "jctl-exit-code"), 0));
    }

    /** The failure of a stream the daemon reset (RFC 9113 §6.4). */
    static CallException ofReset(int error) {
        int code = switch (error) {
            case FrameType.CANCEL -> CallException.CANCELLED;
            case FrameType.REFUSED_STREAM -> CallException.UNAVAILABLE;
            default -> CallException.INTERNAL;
        };
        return new CallException(code, "the daemon broke off the call, HTTP/2 error " + error, "", 0);
    }

    /** The failure of a stream that ended in the middle. */
    static CallException withoutTrailers() {
        return new CallException(
                CallException.INTERNAL, "the daemon's answer ended without a status", "", 0);
    }

    private static String value(List<Header> headers, String name) {
        for (Header header : headers) {
            if (header.name().equals(name)) {
                return header.value();
            }
        }
        return "";
    }

    private static int number(String text, int otherwise) {
        try {
            return text.isEmpty() ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** Decodes "%E2%82%AC"; what is no such thing stays, as gRPC wants it. */
    static String percentDecoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (character == '%' && high >= 0 && low >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(character);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
