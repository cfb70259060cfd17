package architecture;

import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.RuntimeVisibleAnnotationsAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.ConstantPool;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the rules want to know of a class file.
 *
 * @param module the folder it was built in
 * @param test whether it is a test's
 * @param name with dots, inner classes with {@code $}
 * @param superclass with dots; {@code ""} for {@code java.lang.Object} itself
 * @param references every class it mentions, by name or in a descriptor, itself excluded
 * @param annotations of the class, by name
 */
record CompiledClass(String module, boolean test, String name, String superclass,
        Set<String> references, Set<String> annotations, List<Method> methods) {
    private static final Pattern CLASS_IN_DESCRIPTOR = Pattern.compile("L([\\w/$]+)[;<]");

    /** A method or field of some class that is called or read: owner with dots, name, type. */
    record Member(String owner, String name, String descriptor) {}

    /**
     * A method with a body or without.
     *
     * @param uses the members its code calls or reads, those of lambdas it makes included
     * @param lines from the first line with code to the last; 0 without code
     */
    record Method(String name, String descriptor, Set<String> annotations, Set<Member> uses,
            int lines) {}

    static CompiledClass of(String module, boolean test, ClassModel model) {
        String name = model.thisClass().asInternalName().replace('/', '.');
        Set<String> references = references(model.constantPool());
        references.remove(name);
        return new CompiledClass(module, test, name,
                model.superclass().map(type -> type.asInternalName().replace('/', '.')).orElse(""),
                references, annotations(model), methods(model));
    }

    String packageName() {
        return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
    }

    /** Its own name without package and outer classes; {@code ""} or digits if anonymous. */
    String simpleName() {
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }

    private static Set<String> references(ConstantPool pool) {
        Set<String> references = new TreeSet<>();
        for (PoolEntry entry : pool) {
            switch (entry) {
                case ClassEntry type -> addType(references, type.asInternalName());
                case NameAndTypeEntry member -> addDescriptor(references, member.type());
                // Descriptors of fields and methods, and generic signatures, are plain text.
                case Utf8Entry text -> addDescriptor(references, text);
                case null, default -> { /* numbers, strings and handles name no class */ }
            }
        }
        return references;
    }

    private static void addType(Set<String> references, String internalName) {
        if (internalName.startsWith("[")) {
            addDescriptors(references, internalName);
        } else {
            references.add(internalName.replace('/', '.'));
        }
    }

    private static void addDescriptor(Set<String> references, Utf8Entry text) {
        String value = text.stringValue();
        if (value.startsWith("(") || value.startsWith("[") || value.startsWith("<")
                || value.startsWith("L") && value.endsWith(";")) {
            addDescriptors(references, value);
        }
    }

    private static void addDescriptors(Set<String> references, String descriptor) {
        Matcher type = CLASS_IN_DESCRIPTOR.matcher(descriptor);
        while (type.find()) {
            if (type.group(1).contains("/")) {
                references.add(type.group(1).replace('/', '.'));
            }
        }
    }

    private static List<Method> methods(ClassModel model) {
        List<Method> methods = new ArrayList<>();
        for (MethodModel method : model.methods()) {
            Set<Member> uses = new LinkedHashSet<>();
            int[] lines = {Integer.MAX_VALUE, Integer.MIN_VALUE};
            method.code().ifPresent(code -> code.forEach(element -> {
                switch (element) {
                    case InvokeInstruction call -> uses.add(new Member(dotted(call.owner()),
                            call.name().stringValue(), call.type().stringValue()));
                    case FieldInstruction field -> uses.add(new Member(dotted(field.owner()),
                            field.name().stringValue(), field.type().stringValue()));
                    case InvokeDynamicInstruction lambda -> addHandles(uses, lambda);
                    case LineNumber line -> {
                        lines[0] = Math.min(lines[0], line.line());
                        lines[1] = Math.max(lines[1], line.line());
                    }
                    default -> { /* no member, no line */ }
                }
            }));
            methods.add(new Method(method.methodName().stringValue(),
                    method.methodType().stringValue(), annotations(method), uses,
                    Math.max(0, lines[1] - lines[0] + 1)));
        }
        return methods;
    }

    private static void addHandles(Set<Member> uses, InvokeDynamicInstruction lambda) {
        for (var argument : lambda.bootstrapArgs()) {
            if (argument instanceof DirectMethodHandleDesc handle) {
                String owner = handle.owner().descriptorString();
                uses.add(new Member(owner.substring(1, owner.length() - 1).replace('/', '.'),
                        handle.methodName(), handle.lookupDescriptor()));
            }
        }
    }

    private static String dotted(ClassEntry type) {
        return type.asInternalName().replace('/', '.');
    }

    private static Set<String> annotations(AttributedElement element) {
        Set<String> names = new TreeSet<>();
        element.findAttribute(Attributes.runtimeVisibleAnnotations())
                .map(RuntimeVisibleAnnotationsAttribute::annotations).orElse(List.of())
                .forEach(each -> addDescriptors(names, each.className().stringValue()));
        return names;
    }
}
