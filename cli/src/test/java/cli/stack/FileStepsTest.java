package cli.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

class FileStepsTest {
    /** A mark that tells what it is of. */
    private static final BiPredicate<String, byte[]> MARKS = (mark, data) -> mark.equals(new String(data,
            StandardCharsets.UTF_8));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static FileSteps.Wanted wanted(boolean secret, String content) {
        return new FileSteps.Wanted("shop_key", secret, new TreeMap<>(), bytes(content));
    }

    private static FileSteps.Kept secret(String content) {
        return new FileSteps.Kept(Map.of(FileSteps.MARK_LABEL, content), Optional.empty());
    }

    private static FileSteps.Kept config(String content) {
        return new FileSteps.Kept(Map.of(), Optional.of(bytes(content)));
    }

    @Test
    void whatIsNotThereIsMade() {
        FileSteps steps = FileSteps.of(List.of(wanted(true, "a"), wanted(false, "a")), Map.of(),
                Map.of("shop_other", config("a")), MARKS);
        assertEquals(2, steps.create().size());
        assertEquals(List.of(), steps.refusals());
    }

    @Test
    void theSameContentIsLeftAlone() {
        FileSteps steps = FileSteps.of(List.of(wanted(true, "a"), wanted(false, "b")),
                Map.of("shop_key", secret("a")), Map.of("shop_key", config("b")), MARKS);
        assertEquals(new FileSteps(List.of(), List.of(), List.of()), steps);
    }

    @Test
    void anotherContentIsRefusedWithTheWayOut() {
        FileSteps steps = FileSteps.of(List.of(wanted(true, "b"), wanted(false, "a")),
                Map.of("shop_key", secret("a")), Map.of("shop_key", config("b")), MARKS);
        assertEquals(2, steps.refusals().size());
        assertTrue(steps.refusals().getFirst().startsWith("secret shop_key is in the cluster with another content"));
        assertTrue(steps.refusals().getLast().contains("`name: shop_key_2`"), steps.refusals().getLast());
        assertEquals(List.of(), steps.create());
    }

    @Test
    void aSecretOfUnknownContentIsUsedWithAWarning() {
        FileSteps steps = FileSteps.of(List.of(wanted(true, "a")),
                Map.of("shop_key", new FileSteps.Kept(Map.of(), Optional.empty())), Map.of(), MARKS);
        assertEquals(1, steps.warnings().size());
        assertEquals(List.of(), steps.refusals());
    }

    @Test
    void aFolderNamesAProject() {
        assertEquals("shop-1_a", ProjectName.ofFolder("/srv/_Shop-1 _A!"));
        assertEquals("", ProjectName.ofFolder("/"));
        assertEquals(63, ProjectName.ofFolder("/" + "a".repeat(100)).length());
    }
}
