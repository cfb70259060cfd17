package cli.command;

import static api.node.CreateContainerRequest.MOUNTS_FIELD_NUMBER;

import api.node.Mount;
import cli.wire.MessageWriter;

/** --hugepages. */
final class HugePageFlags {
    private static final String OPTION = "hugepages";
    /** Where DPDK and others look first. */
    private static final String PATH = "/dev/hugepages";

    private HugePageFlags() {}

    static void add(MessageWriter request, Arguments arguments) throws UsageException {
        boolean first = true;
        for (String word : arguments.values(OPTION)) {
            request.bytes(MOUNTS_FIELD_NUMBER, mount(word, first).toByteArray());
            first = false;
        }
    }

    /**
     * "2M", "2M=512", "1G=4G", "2Mi=64Mi:/huge": a number alone counts pages, one with a unit bytes.
     *
     * @param first whether it is at the usual place if no path is given
     */
    static Mount mount(String word, boolean first) throws UsageException {
        int colon = word.indexOf(":/");
        String pages = colon < 0 ? word : word.substring(0, colon);
        int equals = pages.indexOf('=');
        String size = equals < 0 ? pages : pages.substring(0, equals);
        long pageBytes = bytes(word, size);
        if (pageBytes <= 0) {
            throw Arguments.invalid(OPTION, word, "a page has some bytes, like 2M or 1G");
        }
        return Mount.newBuilder().setKind(Mount.Kind.HUGE_PAGES)
                .setSource(Long.toString(pageBytes))
                .setTarget(colon >= 0 ? word.substring(colon + 1)
                        : first ? PATH : PATH + "-" + size)
                .setHugePagesBytes(equals < 0 ? 0
                        : amount(word, pages.substring(equals + 1), pageBytes))
                .build();
    }

    private static long amount(String word, String amount, long pageBytes) throws UsageException {
        boolean counts = !amount.isEmpty() && amount.chars().allMatch(Character::isDigit);
        long bytes;
        try {
            bytes = counts ? Math.multiplyExact(Long.parseLong(amount), pageBytes)
                    : bytes(word, amount);
        } catch (ArithmeticException | NumberFormatException large) {
            throw Arguments.invalid(OPTION, word, "so many pages are too many");
        }
        if (bytes == 0) {
            throw Arguments.invalid(OPTION, word,
                    "expected a number of pages above 0, or bytes like 64M");
        }
        return bytes;
    }

    private static long bytes(String word, String text) throws UsageException {
        // Kubernetes writes 2Mi.
        String docker = text.endsWith("i") ? text + "b" : text;
        try {
            return cli.render.Sizes.parse(docker);
        } catch (IllegalArgumentException malformed) {
            throw Arguments.invalid(OPTION, word,
                    "expected SIZE[=PAGES or BYTES][:PATH], for example 2M=512");
        }
    }
}
