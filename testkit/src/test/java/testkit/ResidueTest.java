package testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ResidueTest {
    @Test
    void tellsWhatCameAndNotWhatWent() {
        var before = new Residue(new TreeSet<>(List.of("mount /a", "link b")));
        var after = new Residue(new TreeSet<>(List.of("mount /a", "mount /c")));
        assertEquals(List.of("mount /c"), List.copyOf(after.since(before)));
    }

    @Test
    void seesTheMachine() throws Exception {
        assertTrue(Residue.of("/").things().contains("mount /proc"));
        assertEquals(List.of(), List.copyOf(Residue.of("no such mark").things()));
    }
}
