namespace TrainService.Specification.Publishing.Documentation;

/// <summary>A piece of documentation, before it is written as Markdown or HTML.</summary>
public abstract record DocPart
{
    /// <param name="Level">1 for the page, 2 for a chapter, 3 for a technique.</param>
    /// <param name="Anchor">What links lead to.</param>
    public sealed record Heading(int Level, string Text, string Anchor) : DocPart;

    /// <param name="Label">Stands before it, emphasized; empty for none.</param>
    public sealed record Paragraph(string Text, string Label = "") : DocPart;

    /// <summary>Links to other headings.</summary>
    public sealed record Links(IReadOnlyList<(string Text, string Anchor)> Items) : DocPart;

    /// <summary>Rows of cells; the first cell of each row is a name.</summary>
    public sealed record Table(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows) : DocPart;
}
