using System.Buffers;

namespace AmpEdge.SigV4;

/// <summary>
/// The third line of the canonical request: every parameter re-encoded, sorted by encoded name and then by encoded
/// value. A <c>+</c> means a space, as in every form-encoded query that Prometheus clients send.
/// </summary>
public static class CanonicalQuery
{
    private const int StackParameters = 32;

    /// <summary>
    /// The canonical form as text, to be sent in place of the original: then what is sent is what was signed. The same
    /// string comes back when it is canonical already.
    /// </summary>
    public static string ToText(string query)
    {
        int maxLength = MaxLength(query);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(maxLength);
        try
        {
            ByteAppender output = new(buffer);
            Append(ref output, query, default);
            return System.Text.Ascii.Equals(output.Written, query)
                ? query
                : System.Text.Encoding.ASCII.GetString(output.Written);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Room enough for <see cref="Append"/>: each character may become three escapes, and names gain a =.</summary>
    internal static int MaxLength(ReadOnlySpan<char> query) => (9 * query.Length) + query.Count('&') + 2;

    /// <summary>Appends the canonical query, leaving out the parameter named <paramref name="except"/>.</summary>
    internal static void Append(ref ByteAppender output, ReadOnlySpan<char> query, ReadOnlySpan<char> except)
    {
        if (query.IsEmpty)
        {
            return;
        }

        int count = query.Count('&') + 1;
        Parameter[]? rented = count > StackParameters ? ArrayPool<Parameter>.Shared.Rent(count) : null;
        Span<Parameter> parameters = rented is null ? stackalloc Parameter[StackParameters] : rented;
        int start = output.Length;
        bool sorted = AppendUnsorted(ref output, query, except, parameters, out int found);
        if (!sorted)
        {
            Sort(output.Written, parameters[..found]);
            Rearrange(output.Written[start..], parameters[..found], start);
        }

        if (rented is not null)
        {
            ArrayPool<Parameter>.Shared.Return(rented);
        }
    }

    /// <summary>Encodes each parameter in the order of the request; true when that order is already canonical.</summary>
    private static bool AppendUnsorted(
        ref ByteAppender output,
        ReadOnlySpan<char> query,
        ReadOnlySpan<char> except,
        scoped Span<Parameter> parameters,
        out int found)
    {
        bool sorted = true;
        found = 0;
        foreach (Range range in query.Split('&'))
        {
            ReadOnlySpan<char> text = query[range];
            int equals = text.IndexOf('=');
            ReadOnlySpan<char> name = equals < 0 ? text : text[..equals];
            if (text.IsEmpty || (!except.IsEmpty && name.SequenceEqual(except)))
            {
                continue;
            }

            if (found > 0)
            {
                output.Append((byte)'&');
            }

            int start = output.Length;
            UriEncoding.AppendDecoded(ref output, name, plusIsSpace: true);
            int nameLength = output.Length - start;
            output.Append((byte)'=');
            if (equals >= 0)
            {
                UriEncoding.AppendDecoded(ref output, text[(equals + 1)..], plusIsSpace: true);
            }

            parameters[found] = new Parameter(start, nameLength, output.Length - start);
            sorted &= found == 0 || Compare(output.Written, parameters[found - 1], parameters[found]) <= 0;
            found++;
        }

        return sorted;
    }

    private static int Compare(ReadOnlySpan<byte> bytes, Parameter left, Parameter right)
    {
        int byName = left.Name(bytes).SequenceCompareTo(right.Name(bytes));
        return byName != 0 ? byName : left.Value(bytes).SequenceCompareTo(right.Value(bytes));
    }

    /// <summary>Heap sort: in place, and no order of parameters chosen by a caller makes it quadratic.</summary>
    private static void Sort(ReadOnlySpan<byte> bytes, Span<Parameter> parameters)
    {
        for (int root = (parameters.Length / 2) - 1; root >= 0; root--)
        {
            SiftDown(bytes, parameters, root);
        }

        for (int last = parameters.Length - 1; last > 0; last--)
        {
            (parameters[0], parameters[last]) = (parameters[last], parameters[0]);
            SiftDown(bytes, parameters[..last], 0);
        }
    }

    private static void SiftDown(ReadOnlySpan<byte> bytes, Span<Parameter> heap, int root)
    {
        for (int child = (2 * root) + 1; child < heap.Length; child = (2 * root) + 1)
        {
            if (child + 1 < heap.Length && Compare(bytes, heap[child], heap[child + 1]) < 0)
            {
                child++;
            }

            if (Compare(bytes, heap[root], heap[child]) >= 0)
            {
                return;
            }

            (heap[root], heap[child]) = (heap[child], heap[root]);
            root = child;
        }
    }

    /// <summary>Rewrites the encoded parameters, which begin at <paramref name="offset"/>, in their sorted order.</summary>
    private static void Rearrange(Span<byte> encoded, ReadOnlySpan<Parameter> sorted, int offset)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(encoded.Length);
        encoded.CopyTo(copy);
        int at = 0;
        foreach (Parameter parameter in sorted)
        {
            if (at > 0)
            {
                encoded[at++] = (byte)'&';
            }

            copy.AsSpan(parameter.Start - offset, parameter.Length).CopyTo(encoded[at..]);
            at += parameter.Length;
        }

        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <summary>One encoded <c>name=value</c> in the output; <c>Length</c> counts both and the equals sign.</summary>
    private readonly record struct Parameter(int Start, int NameLength, int Length)
    {
        public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> bytes) => bytes.Slice(Start, NameLength);

        public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> bytes) =>
            bytes.Slice(Start + NameLength + 1, Length - NameLength - 1);
    }
}
