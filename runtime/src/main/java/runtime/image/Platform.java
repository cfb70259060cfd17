package runtime.image;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an image runs on (OCI image-spec image-index.md#image-index-property-descriptions), in
 * Go's spelling: {@code linux/amd64}, {@code linux/arm/v7}.
 *
 * @param variant of the processor, e.g. {@code v7}; empty for the architecture's base
 */
public record Platform(String os, String architecture, String variant) {

    /** Spellings of other tools become Go's; a variant that is the architecture's base, empty. */
    public Platform {
        os = os.toLowerCase(Locale.ROOT);
        String given = architecture.toLowerCase(Locale.ROOT);
        variant = variant.toLowerCase(Locale.ROOT);
        architecture = switch (given) {
            case "x86_64", "x86-64" -> "amd64";
            case "aarch64" -> "arm64";
            case "i386", "i486", "i586", "i686", "x86" -> "386";
            case "armhf", "armel" -> "arm";
            default -> given;
        };
        if (given.equals("armel") && variant.isEmpty()) {
            variant = "v6";
        }
        if (variant.equals(baseVariant(architecture))) {
            variant = "";
        }
    }

    public static Platform linux(String architecture) {
        return new Platform("linux", architecture, "");
    }

    /** Reads {@code os/architecture[/variant]}; an architecture alone means Linux. */
    public static Platform parse(String text) throws ImageFormatException {
        String[] parts = text.split("/", -1);
        for (String part : parts) {
            if (!part.matches("[A-Za-z0-9_.-]{1,64}")) {
                throw new ImageFormatException("platform " + ImageFormatException.shown(text)
                        + " is not os/architecture[/variant], for example linux/arm64");
            }
        }
        return switch (parts.length) {
            case 1 -> linux(parts[0]);
            case 2 -> new Platform(parts[0], parts[1], "");
            case 3 -> new Platform(parts[0], parts[1], parts[2]);
            default -> throw new ImageFormatException("platform "
                    + ImageFormatException.shown(text) + " has more than three parts");
        };
    }

    /**
     * How well an image of platform {@code offered} runs here: empty if it does not, otherwise the
     * distance between the variants, 0 for the same. A processor runs older variants of its own
     * architecture (arm v7 runs v6), never newer ones.
     */
    public OptionalInt distance(Platform offered) {
        if (!os.equals(offered.os) || !architecture.equals(offered.architecture)) {
            return OptionalInt.empty();
        }
        if (variant.equals(offered.variant)) {
            return OptionalInt.of(0);
        }
        Optional<Integer> own = version();
        Optional<Integer> theirs = offered.version();
        if (own.isEmpty() || theirs.isEmpty() || own.get() < theirs.get()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(own.get() - theirs.get());
    }

    /** {@code linux/amd64}, {@code linux/arm/v6}. */
    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }

    private Optional<Integer> version() {
        String full = variant.isEmpty() ? baseVariant(architecture) : variant;
        return full.matches("v[0-9]{1,3}")
                ? Optional.of(Integer.parseInt(full.substring(1))) : Optional.empty();
    }

    private static String baseVariant(String architecture) {
        return switch (architecture) {
            case "amd64" -> "v1";
            case "arm" -> "v7";
            case "arm64" -> "v8";
            default -> "none";
        };
    }
}
