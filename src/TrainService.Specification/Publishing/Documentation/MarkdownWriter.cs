using System.Text;

namespace TrainService.Specification.Publishing.Documentation;

/// <summary>Documentation as Markdown (GitHub's, with tables).</summary>
public static class MarkdownWriter
{
    public static string Write(IReadOnlyList<DocPart> parts)
    {
        var text = new StringBuilder();
        foreach (DocPart part in parts)
        {
            if (text.Length > 0) text.Append('\n');
            switch (part)
            {
                case DocPart.Heading heading:
                    if (heading.Anchor.Length > 0) text.Append($"<a id=\"{heading.Anchor}\"></a>\n\n");
                    text.Append($"{new string('#', heading.Level)} {Plain(heading.Text)}\n");
                    break;
                case DocPart.Paragraph paragraph:
                    text.Append($"{(paragraph.Label.Length > 0 ? $"**{paragraph.Label}.** " : "")}{Plain(paragraph.Text)}\n");
                    break;
                case DocPart.Links links:
                    text.Append(string.Join(" · ", links.Items.Select(l => $"[{Plain(l.Text)}](#{l.Anchor})"))).Append('\n');
                    break;
                case DocPart.Table table:
                    Row(text, table.Header);
                    Row(text, table.Header.Select(_ => "---"));
                    foreach (IReadOnlyList<string> row in table.Rows) Row(text, row.Select((cell, i) => i == 0 ? $"`{cell}`" : Plain(cell)));
                    break;
            }
        }
        return text.ToString();
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    // Signs that Markdown or HTML would take for their own.
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (c is '\\' or '*' or '_' or '`' or '|' or '[' or ']' or '<' or '>' or '#') plain.Append('\\');
            plain.Append(c);
        }
        return plain.ToString();
    }
}
