package runtime.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LayerPathTest {
    private static LayerPath path(String name) throws TarFormatException {
        return LayerPath.of(name.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void namesAreCleaned() throws Exception {
        assertEquals(new LayerPath("a/b", "c"), path("/./a//b/./c/"));
        assertEquals(new LayerPath("", "c"), path("c"));
        assertEquals(LayerPath.ROOT, path("././"));
        assertEquals(new LayerPath("a", "b"), path("a/b/c").parent());
        assertEquals(new LayerPath("", "a"), path("a/b").parent());
        assertTrue(path("a").parent().isRoot());
    }

    @Test
    void rolesFollowTheSpecification() throws Exception {
        assertEquals(LayerPath.Role.CONTENT, path("a/.whx").role());
        assertEquals(LayerPath.Role.WHITEOUT, path("a/.wh.x").role());
        assertEquals(new LayerPath("a", "x"), path("a/.wh.x").hidden());
        assertEquals(LayerPath.Role.OPAQUE_WHITEOUT, path("a/.wh..wh..opq").role());
        assertEquals(LayerPath.Role.AUFS_METADATA, path(".wh..wh.aufs").role());
        assertThrows(TarFormatException.class, () -> path(".wh...").hidden());
    }

    @Test
    void messagesShowNamesWithoutControlCharacters() throws Exception {
        assertEquals("\"/ü?[31m\"", path("ü\033[31m").toString());
    }

    @Test
    void noNameEverLeadsUp() {
        Random random = new Random(3);
        String[] parts = {"..", ".", "", "a", "...", "..a", "\0", "/"};
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder name = new StringBuilder();
            for (int n = random.nextInt(6); n >= 0; n--) {
                name.append(parts[random.nextInt(parts.length)])
                        .append(random.nextBoolean() ? "/" : "");
            }
            try {
                String clean = "/" + path(name.toString()).bytesAsText() + "/";
                assertFalse(clean.contains("/../") || clean.contains("/./"), name.toString());
                accepted++;
            } catch (TarFormatException refused) {
                assertTrue(name.toString().contains("..") || name.indexOf("\0") >= 0);
            }
        }
        assertTrue(accepted > 1000);
    }
}
