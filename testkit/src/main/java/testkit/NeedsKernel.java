package testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks a test that needs root and changes the kernel's state: {@code ./test kernel} runs these,
 * {@code ./test unit} leaves them out. What exactly is needed the test says with {@link Requires}.
 */
@Tag("kernel")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface NeedsKernel {}
