package runtime.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterfaceNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"media0", "sig", "a", "eth", "ethernet0", "x.1-y_z", "fifteen_letters"})
    void whatTheKernelTakesIsTaken(String name) {
        assertEquals(Optional.empty(), InterfaceName.problem(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lo", "all", "default", "eth0", "eth12", "-x", ".", "..", "a/b", "a b", "a:1", "sixteen_letters_",
        "mädia"})
    void whatItDoesNotTakeOrIsAnothersIsNamed(String name) {
        assertFalse(InterfaceName.problem(name).isEmpty(), name);
    }
}
