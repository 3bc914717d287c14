using TrainService.Specification.Reading;
using TrainService.Specification.Writing;

namespace TrainService.Specification.Publishing.Documentation;

/// <summary>
/// The documentation of everything that a job can ask for: a chapter for each category, in it for each technique what it computes, when to use it,
/// where it comes from and what it takes. All of it is what the declarations say; there is no list to keep beside them.
/// </summary>
public static class DocPage
{
    private static readonly string[] ArgumentHeader = ["argument", "takes", "default", "what it is"];

    /// <param name="members">What stands in the job itself.</param>
    public static IReadOnlyList<DocPart> Of(string title, string introduction, IReadOnlyList<ArgumentSpec> members, Vocabulary vocabulary)
    {
        List<DocPart> parts =
        [
            new DocPart.Heading(1, title, ""),
            new DocPart.Paragraph(introduction),
            new DocPart.Links([("The job itself", "job"), .. vocabulary.Registries.Select(r => (Title(r), r.Category))]),
            new DocPart.Heading(2, "The job itself", "job"),
            Arguments(members),
        ];
        foreach (ArgumentSpec nested in members.Where(m => !m.Unsupported && m.Members.Count > 0))
        {
            parts.Add(new DocPart.Heading(3, nested.Name, $"job.{nested.Name}"));
            parts.Add(new DocPart.Paragraph(nested.Description));
            parts.Add(Arguments(nested.Members));
        }
        foreach (ComponentRegistry registry in vocabulary.Registries) AddCategory(parts, registry);
        return parts;
    }

    private static void AddCategory(List<DocPart> parts, ComponentRegistry registry)
    {
        parts.Add(new DocPart.Heading(2, Title(registry), registry.Category));
        parts.Add(new DocPart.Paragraph(registry.Introduction));
        parts.Add(new DocPart.Links([.. registry.Descriptors.Select(d => (d.Name, Anchor(registry, d)))]));
        if (registry.Common.Count > 0)
        {
            parts.Add(new DocPart.Paragraph("All of them take these beside their own:"));
            parts.Add(Arguments(registry.Common));
        }
        foreach (ComponentDescriptor descriptor in registry.Descriptors)
        {
            parts.Add(new DocPart.Heading(3, descriptor.Name, Anchor(registry, descriptor)));
            parts.Add(new DocPart.Paragraph(descriptor.Summary));
            parts.Add(new DocPart.Paragraph(descriptor.Advice, "When to use it"));
            string[] names = [.. descriptor.KerasName is { } keras && keras != descriptor.Name ? [keras] : Array.Empty<string>(), .. descriptor.Aliases];
            if (names.Length > 0) parts.Add(new DocPart.Paragraph(string.Join(", ", names), "Also called"));
            if (descriptor.Source is { } source) parts.Add(new DocPart.Paragraph(source, "Source"));
            if (descriptor.Arguments.Any(a => !a.Unsupported)) parts.Add(Arguments(descriptor.Arguments));
        }
    }

    private static DocPart.Table Arguments(IReadOnlyList<ArgumentSpec> specs)
        => new(ArgumentHeader, [.. specs.Where(s => !s.Unsupported).Select(s => (IReadOnlyList<string>)
        [
            s.Aliases.Count == 0 ? s.Name : $"{s.Name} ({string.Join(", ", s.Aliases)})",
            Expectation.Of(s) + (s.Nullable ? ", or null" : ""),
            s.Required ? "required" : s.Kind == ArgumentKind.Object || s.Default is null ? s.Nullable ? "null" : "" : SpecWriter.Write(s.Default)!.ToJsonString(),
            s.Description,
        ])]);

    private static string Title(ComponentRegistry registry)
    {
        string words = Expectation.Words(registry.Category);
        return words == "pruning" ? "Pruning" : char.ToUpperInvariant(words[0]) + (words[1..] + "s").Replace("losss", "losses", StringComparison.Ordinal);
    }

    private static string Anchor(ComponentRegistry registry, ComponentDescriptor descriptor) => $"{registry.Category}.{descriptor.Name}";
}
