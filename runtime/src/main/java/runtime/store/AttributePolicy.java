package runtime.store;

import java.util.Set;
import runtime.image.TarEntry;

/** Which extended attributes of an archive a layer gets. */
final class AttributePolicy {
    static final String OPAQUE = "trusted.overlay.opaque";
    /** Labels and signatures that belong to the machine the image was made on. */
    private static final Set<String> FOREIGN =
            Set.of("security.selinux", "security.ima", "security.evm", "security.apparmor");

    private AttributePolicy() {
    }

    /**
     * Whether the attribute is set.
     *
     * @throws ImageException MALFORMED for one that would make overlayfs look elsewhere, such as
     *                        {@code trusted.overlay.redirect}
     */
    static boolean isKept(TarEntry entry, String attribute) throws ImageException {
        boolean overlay = attribute.startsWith("trusted.overlay.")
                || attribute.startsWith("user.overlay.");
        boolean opaqueFolder = attribute.equals(OPAQUE)
                && entry.kind() == TarEntry.Kind.DIRECTORY;
        if (overlay && !opaqueFolder) {
            throw new ImageException(ImageException.Reason.MALFORMED, entry.shownName()
                    + " in the archive has the attribute " + attribute
                    + ", which only overlayfs itself may set");
        }
        return !FOREIGN.contains(attribute);
    }
}
