package runtime.node;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A filter's name as docker takes it: a regular expression, of RE2's kind as docker's are, that fits
 * somewhere in the name. Matching takes time linear in the name, whatever the expression.
 */
final class NamePattern {
    private NamePattern() {}

    /** Whether it fits; what is no regular expression must be a part of the name. */
    static boolean fits(String pattern, String name) {
        if (name.contains(pattern)) {
            return true;
        }
        try {
            Pattern compiled = Pattern.compile(pattern);
            return compiled.matcher(name).find() || compiled.matcher("/" + name).find();
        } catch (PatternSyntaxException plain) {
            return false;
        }
    }
}
