namespace AmpEdge.QueryApi;

/// <summary>
/// One JSON answer on its way to the client: the handler appends to <see cref="Json"/> and calls
/// <see cref="FlushIfLargeAsync"/> between items, so that an answer of any size passes through a small buffer.
/// </summary>
/// <remarks>Status and headers go out with the first flush; until then an error can still replace the answer.</remarks>
public sealed class ApiResponse(HttpContext context) : IAsyncDisposable
{
    /// <summary>Once the buffer holds this much, it is sent.</summary>
    private const int FlushAtBytes = 64 * 1024;

    private readonly HttpContext _context = context;
    private readonly AnswerBody _body = new(context);

    public JsonBuffer Json { get; } = new();

    /// <summary>Sends what is written when it has become large enough to be worth a system call.</summary>
    public ValueTask FlushIfLargeAsync() => Json.Length < FlushAtBytes ? ValueTask.CompletedTask : FlushAsync();

    /// <summary>Sends an error in Prometheus's shape in place of whatever was written and not yet sent.</summary>
    public async Task SendErrorAsync(ApiError error)
    {
        if (_context.Response.HasStarted)
        {
            // Half an answer is on the wire: cutting the connection is the only way left to say that it is not whole.
            _context.Abort();
            return;
        }

        Json.Clear();
        _context.Response.StatusCode = error.Status;
        Json.Raw("{\"status\":\"error\",\"errorType\":"u8);
        Json.String(error.Type);
        Json.Raw(",\"error\":"u8);
        Json.String(error.Message);
        Json.Raw((byte)'}');
        await CompleteAsync();
    }

    /// <summary>Sends a success whose data is this JSON.</summary>
    public Task<ApiError?> SendDataAsync(ReadOnlySpan<byte> json)
    {
        BeginData().Raw(json);
        return EndDataAsync();
    }

    /// <summary>Begins a success whose data is appended next and ended with <see cref="EndDataAsync"/>.</summary>
    public JsonBuffer BeginData()
    {
        Json.Raw("{\"status\":\"success\",\"data\":"u8);
        return Json;
    }

    public async Task<ApiError?> EndDataAsync()
    {
        Json.Raw((byte)'}');
        await CompleteAsync();
        return null;
    }

    /// <summary>Sends the rest.</summary>
    public async Task CompleteAsync()
    {
        SetType();
        await _body.EndAsync(Json.Written);
        Json.Clear();
    }

    public ValueTask DisposeAsync()
    {
        Json.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask FlushAsync()
    {
        SetType();
        await _body.WriteAsync(Json.Written);
        Json.Clear();
    }

    private void SetType()
    {
        if (!_context.Response.HasStarted)
        {
            _context.Response.ContentType = "application/json";
        }
    }
}
