using System.Buffers;
using System.Text.Json;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// Takes a list apart as it comes: each item is handed on by itself, so that a page of any size needs room for one
/// object. Items and metadata may come in either order.
/// </summary>
internal sealed class ObjectList
{
    private const int FirstBufferBytes = 32 << 10;

    private readonly Action<ReadOnlyMemory<byte>> _take;
    private readonly int _maxObjectBytes;
    private byte[] _buffer = [];
    private int _used;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = KubernetesJson.MaxDepth });
    private bool _inItems;
    private bool _complete;
    private ListMetaJson? _meta;

    private ObjectList(Action<ReadOnlyMemory<byte>> take, int maxObjectBytes)
    {
        _take = take;
        _maxObjectBytes = maxObjectBytes;
    }

    /// <summary>Reads a whole list; each item's JSON is valid only during the call that hands it on.</summary>
    /// <param name="body">The reply's body.</param>
    /// <param name="take">Takes an item.</param>
    /// <param name="maxObjectBytes">A larger item is refused.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The list's metadata; empty when it had none.</returns>
    /// <exception cref="KubernetesException">It is no list, or was cut off.</exception>
    public static async Task<ListMetaJson> ReadAsync(
        Stream body, Action<ReadOnlyMemory<byte>> take, int maxObjectBytes, CancellationToken cancel)
    {
        ObjectList list = new(take, maxObjectBytes);
        list._buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            await list.ReadAsync(body, cancel);
            return list._meta ?? new ListMetaJson();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new KubernetesException($"the list is no valid JSON: {error.Message}", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(list._buffer);
        }
    }

    private async Task ReadAsync(Stream body, CancellationToken cancel)
    {
        bool ended = false;
        while (!ended)
        {
            if (_used == _buffer.Length)
            {
                Grow();
            }

            Memory<byte> room = _buffer.AsMemory(_used);
            int read = await body.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancel);
            ended = read < room.Length;
            _used += read;
            Parse(ended);
        }

        if (!_complete)
        {
            throw new KubernetesException("the list is cut off");
        }
    }

    private void Grow()
    {
        if (_used >= _maxObjectBytes)
        {
            throw new KubernetesException($"the list holds an object of more than {_maxObjectBytes} bytes");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Parse(bool ended)
    {
        Utf8JsonReader reader = new(_buffer.AsSpan(0, _used), ended, _state);
        Utf8JsonReader done = reader;
        while (!_complete && TryStep(ref reader))
        {
            done = reader;
        }

        int consumed = (int)done.BytesConsumed;
        _state = done.CurrentState;
        _buffer.AsSpan(consumed, _used - consumed).CopyTo(_buffer);
        _used -= consumed;
    }

    /// <summary>Reads one item, one other member, or one bracket; false when more bytes are needed.</summary>
    private bool TryStep(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (_inItems)
        {
            _inItems = reader.TokenType != JsonTokenType.EndArray;
            return !_inItems || TryTake(ref reader);
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return true;
            case JsonTokenType.EndObject:
                _complete = true;
                return true;
            case JsonTokenType.PropertyName:
                return TryReadMember(ref reader);
            default:
                throw new KubernetesException("the reply is no list");
        }
    }

    private bool TryTake(ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
        {
            return false;
        }

        _take(_buffer.AsMemory(start, (int)reader.BytesConsumed - start));
        return true;
    }

    private bool TryReadMember(ref Utf8JsonReader reader)
    {
        bool isItems = reader.ValueTextEquals("items"u8);
        bool isMeta = reader.ValueTextEquals("metadata"u8);
        if (!reader.Read())
        {
            return false;
        }

        if (isItems && reader.TokenType == JsonTokenType.StartArray)
        {
            _inItems = true;
            return true;
        }

        int start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
        {
            return false;
        }

        if (isMeta)
        {
            ReadOnlySpan<byte> json = _buffer.AsSpan(start, (int)reader.BytesConsumed - start);
            _meta = JsonSerializer.Deserialize(json, KubernetesJson.Default.ListMetaJson);
        }

        return true;
    }
}
