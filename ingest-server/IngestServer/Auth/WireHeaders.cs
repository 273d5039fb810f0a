using System.Buffers;
using AmpEdge.SigV4;
using Microsoft.Extensions.Primitives;

namespace AmpEdge.IngestServer.Auth;

/// <summary>The header lines of a request as its signature covers them, in a pooled array until disposed.</summary>
internal readonly struct WireHeaders : IDisposable
{
    private readonly HeaderField[] _fields;
    private readonly int _count;

    public WireHeaders(IHeaderDictionary headers)
    {
        int lines = 0;
        foreach ((_, StringValues values) in headers)
        {
            lines += values.Count;
        }

        _fields = ArrayPool<HeaderField>.Shared.Rent(lines);
        foreach ((string name, StringValues values) in headers)
        {
            foreach (string? value in values)
            {
                _fields[_count++] = new HeaderField(name, value ?? "");
            }
        }
    }

    public ReadOnlySpan<HeaderField> Fields => _fields.AsSpan(0, _count);

    /// <summary>Cleared on return: values of Authorization headers do not stay in the pool.</summary>
    public void Dispose() => ArrayPool<HeaderField>.Shared.Return(_fields, clearArray: true);
}
