using System.Net;
using System.Text;

namespace TrainService.Specification.Publishing.Documentation;

/// <summary>Documentation as one HTML page, without scripts.</summary>
public static class HtmlWriter
{
    /// <param name="style">Address of the style sheet.</param>
    public static string Write(IReadOnlyList<DocPart> parts, string style)
    {
        string title = parts.OfType<DocPart.Heading>().First().Text;
        var html = new StringBuilder($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text(title)}</title>
            <link rel="stylesheet" href="{style}">
            </head>
            <body>
            <main>

            """);
        foreach (DocPart part in parts)
        {
            switch (part)
            {
                case DocPart.Heading { Anchor.Length: 0 } heading:
                    html.Append($"<h{heading.Level}>{Text(heading.Text)}</h{heading.Level}>\n");
                    break;
                case DocPart.Heading heading:
                    html.Append($"<h{heading.Level} id=\"{heading.Anchor}\"><a href=\"#{heading.Anchor}\">{Text(heading.Text)}</a></h{heading.Level}>\n");
                    break;
                case DocPart.Paragraph paragraph:
                    html.Append($"<p>{(paragraph.Label.Length > 0 ? $"<strong>{Text(paragraph.Label)}.</strong> " : "")}{Text(paragraph.Text)}</p>\n");
                    break;
                case DocPart.Links links:
                    html.Append("<nav>").AppendJoin(' ', links.Items.Select(l => $"<a href=\"#{l.Anchor}\">{Text(l.Text)}</a>")).Append("</nav>\n");
                    break;
                case DocPart.Table table:
                    html.Append("<div><table>\n<thead><tr>").AppendJoin("", table.Header.Select(c => $"<th scope=\"col\">{Text(c)}</th>")).Append("</tr></thead>\n<tbody>\n");
                    foreach (IReadOnlyList<string> row in table.Rows)
                        html.Append("<tr>").AppendJoin("", row.Select((c, i) => i == 0 ? $"<td><code>{Text(c)}</code></td>" : $"<td>{Text(c)}</td>")).Append("</tr>\n");
                    html.Append("</tbody></table></div>\n");
                    break;
            }
        }
        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
