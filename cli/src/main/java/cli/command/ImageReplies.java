package cli.command;

import api.node.ImageReply;
import api.node.ImageSummary;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Takes what the calls that make images answer: progress to show, then images. */
final class ImageReplies {
    private ImageReplies() {}

    /** Adds --progress. */
    static Syntax addTo(Syntax syntax) {
        return syntax
                .value("progress", "string", "\"bars\", \"json\" or \"none\" (default: bars on a "
                        + "terminal, else json; on standard error)")
                .flag('q', "quiet", "Show no progress");
    }

    /** The images, in the order they were made. */
    static List<ImageSummary> take(Call call, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String wanted = arguments.value("progress", "auto");
        switch (wanted) {
            case "auto", "bars", "json", "none" -> { }
            default -> throw Arguments.invalid("progress", wanted, "expected bars, json or none");
        }
        ProgressReport progress =
                new ProgressReport(console, arguments.isOn("quiet") ? "none" : wanted);
        List<ImageSummary> images = new ArrayList<>();
        try {
            for (ImageReply reply = NodeClient.next(call, ImageReply.parser()); reply != null;
                    reply = NodeClient.next(call, ImageReply.parser())) {
                if (reply.hasProgress()) {
                    progress.show(reply.getProgress());
                } else if (reply.hasImage()) {
                    images.add(reply.getImage());
                }
            }
        } finally {
            progress.close();
        }
        return images;
    }

    /** The name people know an image by, or its id. */
    static String name(ImageSummary image) {
        return image.getTagsCount() > 0 ? image.getTags(0) : image.getId();
    }
}
