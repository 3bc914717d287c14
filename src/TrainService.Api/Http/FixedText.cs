using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace TrainService.Api.Http;

/// <summary>
/// A text that stays the same while the program runs: written and packed once, when first asked for. Its ETag is made of its content, so that
/// whoever has it already gets a 304 also after a restart.
/// </summary>
internal sealed class FixedText(Func<string> text, string contentType) : IResult
{
    private readonly Lazy<Form> _plain = new(() => new Form(Encoding.UTF8.GetBytes(text()), null));
    private readonly Lock _packing = new();
    private Form? _brotli, _gzip;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        Form form = FormFor(PackedForms.Choose(httpContext.Request));
        HttpResponse response = httpContext.Response;
        response.Headers.ETag = form.Tag.ToString();
        response.Headers.CacheControl = "no-cache";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (httpContext.Request.GetTypedHeaders().IfNoneMatch.Any(t => t.Compare(form.Tag, useStrongComparison: false) || t.Equals(EntityTagHeaderValue.Any)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = $"{contentType}; charset=utf-8";
        response.ContentLength = form.Bytes.Length;
        if (form.Encoding is not null) response.Headers.ContentEncoding = form.Encoding;
        return HttpMethods.IsHead(httpContext.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(form.Bytes, httpContext.RequestAborted).AsTask();
    }

    private Form FormFor(string? encoding)
    {
        if (encoding is null) return _plain.Value;
        lock (_packing)
            return encoding == PackedForms.Brotli ? _brotli ??= Packed(encoding, s => new BrotliStream(s, CompressionLevel.Optimal)) : _gzip ??= Packed(encoding, s => new GZipStream(s, CompressionLevel.Optimal));
    }

    private Form Packed(string encoding, Func<Stream, Stream> packer)
    {
        using MemoryStream packed = new();
        using (Stream zip = packer(packed)) zip.Write(_plain.Value.Bytes);
        return new Form(packed.ToArray(), encoding);
    }

    private sealed class Form(byte[] bytes, string? encoding)
    {
        public byte[] Bytes { get; } = bytes;

        public string? Encoding { get; } = encoding;

        /// <summary>Each form has its own: a strong tag stands for the very bytes.</summary>
        public EntityTagHeaderValue Tag { get; } = new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"");
    }
}
