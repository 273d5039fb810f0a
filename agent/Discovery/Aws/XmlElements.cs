using System.Xml;

namespace AmpEdge.Agent.Discovery;

/// <summary>Walks an XML answer element by element while it arrives; what is not asked for is passed over, not kept.</summary>
internal static class XmlElements
{
    /// <summary>A page of a thousand instances has some 5 million characters.</summary>
    private const long MaxCharacters = 64 << 20;

    public static XmlReaderSettings Settings { get; } = new()
    {
        Async = true,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = MaxCharacters,
    };

    /// <summary>
    /// Moves to the next child of the element at <paramref name="depth"/>; false at that element's end. Whatever the
    /// last child still held is skipped.
    /// </summary>
    public static async ValueTask<bool> NextChildAsync(XmlReader reader, int depth)
    {
        while (await reader.ReadAsync())
        {
            if (reader.NodeType == XmlNodeType.EndElement && reader.Depth <= depth)
            {
                return false;
            }

            if (reader.NodeType == XmlNodeType.Element && reader.Depth == depth + 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text of the element that the reader is at; the reader ends at the element's end.</summary>
    public static async ValueTask<string> TextAsync(XmlReader reader)
    {
        string text = "";
        if (reader.IsEmptyElement)
        {
            return text;
        }

        int depth = reader.Depth;
        while (await reader.ReadAsync() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && reader.Depth == depth + 1)
            {
                text += await reader.GetValueAsync();
            }
        }

        return text;
    }

    /// <summary>Calls <paramref name="read"/> at each <c>item</c> of the list that the reader is at.</summary>
    public static async Task ItemsAsync(XmlReader reader, Func<XmlReader, Task> read)
    {
        int depth = reader.Depth;
        if (reader.IsEmptyElement)
        {
            return;
        }

        while (await NextChildAsync(reader, depth))
        {
            if (reader.LocalName == "item")
            {
                await read(reader);
            }
        }
    }
}
