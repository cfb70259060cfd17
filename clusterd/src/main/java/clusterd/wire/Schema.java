package clusterd.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Shapes as text in the language of {@code .proto} files. */
final class Schema {
    private final TreeMap<String, String> declarations = new TreeMap<>();

    private Schema() {
    }

    static String of(MessageShape shape) {
        Schema schema = new Schema();
        schema.declare(shape);
        return String.join("\n", schema.declarations.values());
    }

    private void declare(MessageShape shape) {
        String name = name(shape.type());
        if (declarations.putIfAbsent(name, "") != null) {
            return;
        }
        StringBuilder text = new StringBuilder("message " + name + " {\n");
        boolean choice = shape instanceof ChoiceShape;
        text.append(choice ? "  oneof is {\n" : "");
        for (Field field : shape.fields()) {
            text.append(choice ? "    " : "  ").append(label(field)).append(' ')
                    .append(field.name().replaceAll("(?<=[a-z])([A-Z])", "_$1").toLowerCase(Locale.ROOT))
                    .append(" = ").append(field.number()).append(";\n");
        }
        declarations.put(name, text.append(choice ? "  }\n}\n" : "}\n").toString());
    }

    private String label(Field field) {
        String word = word(field.kind());
        return switch (field.multiple()) {
            case ONE, MAP -> word;
            case OPTIONAL, OPTIONAL_INT, OPTIONAL_LONG -> "optional " + word;
            case LIST, SET -> "repeated " + word;
        };
    }

    private String word(Kind kind) {
        return switch (kind) {
            case Scalar scalar -> switch (scalar) {
                case INT, LONG, INSTANT -> "int64";
                case BOOLEAN -> "bool";
                case DOUBLE -> "double";
                case STRING -> "string";
                case BYTES -> "bytes";
            };
            case Kind.Constant constant -> {
                String constants = Arrays.stream(constant.type().getEnumConstants()).map(Object::toString)
                        .collect(Collectors.joining(", "));
                String name = name(constant.type());
                declarations.put(name, "enum " + name + " { " + constants + " }\n");
                yield name;
            }
            case Kind.Wrapped wrapped -> word(wrapped.inner());
            case Kind.Message message -> {
                declare(MessageShape.of(message.type()));
                yield name(message.type());
            }
            case Kind.Entry entry -> "map<" + word(entry.key()) + ", " + word(entry.value()) + ">";
        };
    }

    private static String name(Class<?> type) {
        return type.getEnclosingClass() == null ? type.getSimpleName()
                : name(type.getEnclosingClass()) + type.getSimpleName();
    }
}
