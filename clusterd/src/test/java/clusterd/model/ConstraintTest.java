package clusterd.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ConstraintTest {
    @Test
    void itIsReadAsSwarmWritesIt() {
        assertEquals(new Constraint("node.labels.zone", true, "b"), Constraint.parse("node.labels.zone==b"));
        assertEquals(new Constraint("node.role", false, "manager"), Constraint.parse(" node.role != manager "));
        assertEquals("engine.labels.a.b==", Constraint.parse("engine.labels.a.b==").toString());
    }

    @Test
    void anotherFormAndAnUnknownAttributeAreRefusedWithWhatIsExpected() {
        assertEquals("constraint \"node.role=manager\" is not of the form ATTRIBUTE==VALUE or ATTRIBUTE!=VALUE",
                assertThrows(IllegalArgumentException.class, () -> Constraint.parse("node.role=manager"))
                        .getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Constraint.parse("node.rôle==x"))
                .getMessage().contains("is not of the form"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Constraint.parse("node.colour==x"))
                .getMessage().contains("node.labels.NAME"));
    }

    @Test
    void caseMakesNoDifferenceAndAnAbsentLabelIsEmpty() {
        assertTrue(Constraint.parse("node.labels.zone==B").allows("b"));
        assertFalse(Constraint.parse("node.labels.zone==b").allows(""));
        assertTrue(Constraint.parse("node.labels.zone!=b").allows(""));
    }
}
