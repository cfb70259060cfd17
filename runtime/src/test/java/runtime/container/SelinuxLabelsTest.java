package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SelinuxLabelsTest {
    private static final SelinuxLabels NONE = new SelinuxLabels(Optional.empty(), Optional.empty());

    private static SelinuxLabels of(String... words) throws ContainerException {
        return SelinuxLabels.of(List.of(words), Samples.ID);
    }

    @Test
    void withoutAWordOrDisabledThereAreNone() throws ContainerException {
        assertEquals(NONE, of());
        assertEquals(NONE, of("type:x_t", "disable"));
    }

    @Test
    void whatIsLeftOutIsStandard() throws ContainerException {
        assertEquals(Optional.of("system_u:system_r:my_t:s0:c1"),
                of("type:my_t", "level:s0:c1").process());
        assertEquals(Optional.of("system_u:object_r:container_file_t:s0:c1"),
                of("type:my_t", "level:s0:c1").files());
        assertEquals(Optional.of("u:object_r:f_t:s0"),
                of("user:u", "role:r", "filetype:f_t", "level:s0").files());
    }

    @Test
    void eachContainerHasTwoCategoriesOfItsOwn() throws ContainerException {
        String one = of("type:t").process().orElseThrow();
        assertTrue(one.matches("system_u:system_r:t:s0:c\\d+,c\\d+"), one);
        assertNotEquals(one,
                SelinuxLabels.of(List.of("type:t"), "f".repeat(64)).process().orElseThrow());
        assertEquals("system_u:system_r:t:s0:c0,c1",
                SelinuxLabels.of(List.of("type:t"), "0".repeat(64)).process().orElseThrow());
    }

    @Test
    void unknownWordsAreNamed() {
        for (String word : List.of("kind:x", "type", "type:", "type:a b", "level:\"")) {
            ContainerException refused =
                    assertThrows(ContainerException.class, () -> of(word));
            assertTrue(refused.getMessage().contains("label=" + word), refused.getMessage());
        }
    }
}
