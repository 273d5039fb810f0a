using System.Security.Cryptography;
using System.Text;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class SigV4VerifierTests
{
    private const string Target = "/workspaces/ws-1/api/v1/query?query=up";
    private static readonly AwsCredentials s_credentials = new("AKIDEXAMPLE", "secret");
    private static readonly AwsCredentials s_session = new("ASIAEXAMPLE", "secret", "the-token");
    private static readonly SigningScope s_scope = new("us-east-1", "aps");
    private static readonly byte[] s_body = "body"u8.ToArray();
    private readonly ManualTime _time = new();

    [Fact]
    public void A_signed_request_verifies_and_names_its_key()
    {
        VerificationResult result = Verify(Signed(), s_body);

        Assert.True(result.IsVerified);
        Assert.Equal("AKIDEXAMPLE", result.Key?.Credentials.AccessKeyId);
        Assert.Equal("", result.ErrorName);
    }

    [Fact]
    public void A_request_without_a_signature_is_told_that_the_token_is_missing()
    {
        VerificationResult result = Verify([new("Host", "h")], s_body);

        Assert.Equal(VerificationOutcome.MissingToken, result.Outcome);
        Assert.Equal("MissingAuthenticationTokenException", result.ErrorName);
        Assert.Equal("Missing Authentication Token", result.Message);
    }

    [Fact]
    public void An_unknown_key_and_a_wrong_secret_are_told_apart()
    {
        HeaderField[] unknown = Signed(s_credentials with { AccessKeyId = "AKIDOTHER" });
        HeaderField[] wrongSecret = Signed(s_credentials with { SecretAccessKey = "guess" });

        VerificationResult result = Verify(unknown, s_body);
        Assert.Equal(VerificationOutcome.UnknownKey, result.Outcome);
        Assert.Equal("UnrecognizedClientException", result.ErrorName);
        Assert.Equal(VerificationOutcome.SignatureMismatch, Verify(wrongSecret, s_body).Outcome);
    }

    [Fact]
    public void A_mismatch_shows_what_should_have_been_signed()
    {
        HeaderField[] headers = Signed();
        Replace(headers, "X-Custom", "changed");
        VerificationResult result = Verify(headers, s_body);

        Assert.Equal("InvalidSignatureException", result.ErrorName);
        Assert.StartsWith(
            "The request signature we calculated does not match the signature you provided.",
            result.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "\n\nThe Canonical String for this request should have been\n'POST\n/workspaces/ws-1/api/v1/query\n",
            result.Message,
            StringComparison.Ordinal);
        Assert.Contains("x-custom:changed\n", result.Message, StringComparison.Ordinal);
        Assert.Contains(
            "\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20260101T000000Z\n",
            result.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_body_is_found_whether_its_hash_was_declared_or_not()
    {
        HeaderField[] declared = Signed(extra: new HeaderField(AmzHeaders.ContentSha256, PayloadHash.Of(s_body)));

        Assert.True(Verify(declared, s_body).IsVerified);
        Assert.Equal(VerificationOutcome.PayloadMismatch, Verify(declared, "bodx"u8).Outcome);
        Assert.Equal("InvalidSignatureException", Verify(declared, "bodx"u8).ErrorName);
        Assert.Equal(VerificationOutcome.SignatureMismatch, Verify(Signed(), "bodx"u8).Outcome);
    }

    [Fact]
    public void An_unsigned_payload_is_refused_unless_allowed()
    {
        HeaderField[] headers = Signed(
            extra: new HeaderField(AmzHeaders.ContentSha256, PayloadHash.Unsigned), hash: PayloadHash.Unsigned);

        Assert.Equal(VerificationOutcome.PayloadMismatch, Verify(headers, s_body).Outcome);
        SigV4Verifier lenient = Verifier(Options() with { AllowUnsignedPayload = true });
        Assert.True(lenient.Verify(RequestParts.FromTarget("POST", Target, headers), s_body).IsVerified);
    }

    [Theory]
    [InlineData(-300, VerificationOutcome.Verified)]
    [InlineData(-301, VerificationOutcome.NotYetCurrent)]
    [InlineData(300, VerificationOutcome.Verified)]
    [InlineData(301, VerificationOutcome.Expired)]
    public void A_date_may_lie_five_minutes_off_either_way(int secondsLater, VerificationOutcome expected)
    {
        HeaderField[] headers = Signed();
        _time.Jump(TimeSpan.FromSeconds(secondsLater));

        Assert.Equal(expected, Verify(headers, s_body).Outcome);
    }

    [Fact]
    public void An_expired_signature_names_both_dates_and_the_window()
    {
        HeaderField[] headers = Signed();
        _time.Jump(TimeSpan.FromMinutes(6));

        Assert.Equal(
            "Signature expired: 20260101T000000Z is now earlier than 20260101T000100Z (20260101T000600Z - 5 min.)",
            Verify(headers, s_body).Message);
    }

    [Theory]
    [InlineData("eu-west-1", "aps", VerificationOutcome.WrongRegion, "Credential should be scoped to a valid region.")]
    [InlineData(
        "us-east-1", "s3", VerificationOutcome.WrongService,
        "Credential should be scoped to correct service: 'aps'.")]
    public void Another_scope_is_refused(string region, string service, VerificationOutcome expected, string message)
    {
        VerificationResult result = Verify(Signed(scope: new SigningScope(region, service)), s_body);

        Assert.Equal(expected, result.Outcome);
        Assert.Equal(message, result.Message);
        Assert.Equal("InvalidSignatureException", result.ErrorName);
    }

    [Fact]
    public void A_scope_of_another_day_than_the_date_is_refused()
    {
        HeaderField[] headers = Signed();
        _time.Jump(TimeSpan.FromMinutes(-1));
        Replace(headers, AmzHeaders.Date, "20251231T235900Z");

        Assert.Equal(VerificationOutcome.WrongDay, Verify(headers, s_body).Outcome);
    }

    [Theory]
    [InlineData("Thu, 01 Jan 2026 00:00:00 GMT")]
    [InlineData("20260101T000000Z")]
    public void The_date_header_counts_where_there_is_no_amz_date_if_it_is_signed(string date)
    {
        HeaderField[] headers = SignedByHttpDate(date);
        Assert.Equal("", Verify(headers, s_body).Message);

        _time.Jump(TimeSpan.FromMinutes(6));
        VerificationResult expired = Verify(headers, s_body);
        Assert.Equal(VerificationOutcome.Expired, expired.Outcome);
        Assert.StartsWith("Signature expired: 20260101T000000Z is now", expired.Message, StringComparison.Ordinal);

        // Another date in its place is another request, however it is written.
        Replace(headers, "Date", "Thu, 01 Jan 2026 00:06:00 GMT");
        Assert.Equal(VerificationOutcome.SignatureMismatch, Verify(headers, s_body).Outcome);
    }

    [Fact]
    public void A_date_header_that_is_not_signed_does_not_count()
    {
        VerificationResult result = Verify(SignedByHttpDate("Thu, 01 Jan 2026 00:00:00 GMT", signsDate: false), s_body);

        Assert.Equal(VerificationOutcome.HeaderNotSigned, result.Outcome);
        Assert.Equal("'Date' must be a 'SignedHeader' in the AWS Authorization.", result.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("Fri, 01 Jan 2026 00:00:00 GMT")]
    [InlineData("Thu, 01 Jan 2026 00:00:00 +0100")]
    [InlineData("2026-01-01T00:00:00Z")]
    public void A_date_header_in_another_form_is_malformed(string date)
    {
        VerificationResult result = Verify(SignedByHttpDate(date), s_body);

        Assert.Equal(VerificationOutcome.Malformed, result.Outcome);
        Assert.Contains(date, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_without_any_date_is_told_which_headers_there_are()
    {
        HeaderField[] headers = Array.FindAll(Signed(), static field => field.Name != AmzHeaders.Date);

        Assert.Equal(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
            Verify(headers, s_body).Message);
    }

    [Fact]
    public void Session_tokens_must_be_the_ones_of_the_key()
    {
        HeaderField token = new(AmzHeaders.SecurityToken, "the-token");
        Assert.True(Verify(Signed(s_session, token), s_body).IsVerified);
        Assert.Equal(VerificationOutcome.WrongToken, Verify(Signed(s_session), s_body).Outcome);
        Assert.Equal(
            VerificationOutcome.WrongToken,
            Verify(Signed(s_session, token with { Value = "other" }), s_body).Outcome);
        Assert.Equal(VerificationOutcome.WrongToken, Verify(Signed(s_credentials, token), s_body).Outcome);
    }

    [Fact]
    public void An_expired_session_is_refused_by_name()
    {
        _time.Jump(TimeSpan.FromHours(1));
        VerificationResult result = Verify(
            Signed(s_session, new HeaderField(AmzHeaders.SecurityToken, "the-token")), s_body);

        Assert.Equal(VerificationOutcome.ExpiredToken, result.Outcome);
        Assert.Equal("ExpiredTokenException", result.ErrorName);
    }

    [Fact]
    public void Host_and_amz_headers_must_be_signed()
    {
        HeaderField[] headers = [.. Signed(), new("X-Amz-Target", "added later")];
        Assert.Equal(VerificationOutcome.HeaderNotSigned, Verify(headers, s_body).Outcome);

        HeaderField[] withoutHost = Signed();
        Replace(
            withoutHost,
            AmzHeaders.Authorization,
            withoutHost[^1].Value.Replace("SignedHeaders=host;", "SignedHeaders=", StringComparison.Ordinal));
        Assert.Equal(VerificationOutcome.HeaderNotSigned, Verify(withoutHost, s_body).Outcome);
    }

    [Theory]
    [InlineData("Bearer abc")]
    [InlineData("")]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("AWS4-HMAC-SHA256 nonsense")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a, Credential=b")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/aps/aws4_request, SignedHeaders=host")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/aps, SignedHeaders=host, Signature=00")]
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/aps/aws4_request, "
        + "SignedHeaders=x-a;host, Signature=00")]
    public void A_header_that_cannot_be_read_is_malformed_not_missing(string authorization)
    {
        HeaderField[] headers = Signed();
        Replace(headers, AmzHeaders.Authorization, authorization);
        VerificationResult result = Verify(headers, s_body);

        Assert.Equal(VerificationOutcome.Malformed, result.Outcome);
        Assert.Equal("IncompleteSignatureException", result.ErrorName);
        Assert.NotEqual("", result.Message);
    }

    [Fact]
    public void Two_authorization_headers_are_refused()
    {
        HeaderField[] headers = Signed();

        Assert.Equal(VerificationOutcome.Malformed, Verify([.. headers, headers[^1]], s_body).Outcome);
    }

    [Fact]
    public void A_request_can_be_refused_before_its_body_is_read()
    {
        RequestParts good = RequestParts.FromTarget("POST", Target, Signed());
        RequestParts unsigned = RequestParts.FromTarget("POST", Target, [new HeaderField("Host", "h")]);

        Assert.False(Verifier(Options()).TryRefuseEarly(good, out _));
        Assert.True(Verifier(Options()).TryRefuseEarly(unsigned, out VerificationResult refusal));
        Assert.Equal(VerificationOutcome.MissingToken, refusal.Outcome);
    }

    [Fact]
    public void A_presigned_request_verifies_until_it_runs_out()
    {
        HeaderField[] headers = [new("Host", "h")];
        string query = PresignedQuery.Sign(
            new SigV4Signer(s_scope),
            new RequestParts("GET", "/p", "b=2&a=1", headers),
            PayloadHash.Empty,
            s_credentials,
            _time.GetUtcNow(),
            TimeSpan.FromHours(1));
        RequestParts presigned = new("GET", "/p", query, headers);
        SigV4Verifier verifier = Verifier(Options());

        Assert.Equal("", verifier.Verify(presigned, default).Message);
        Assert.Equal(
            VerificationOutcome.SignatureMismatch,
            verifier.Verify(new RequestParts("GET", "/p", query + "&c=3", headers), default).Outcome);
        _time.Jump(TimeSpan.FromMinutes(61));
        Assert.Equal(VerificationOutcome.Expired, verifier.Verify(presigned, default).Outcome);
    }

    [Fact]
    public void A_verified_request_allocates_nothing()
    {
        SigV4Verifier verifier = Verifier(Options());
        RequestParts parts = RequestParts.FromTarget("POST", Target, Signed());
        bool verified = verifier.Verify(parts, s_body).IsVerified & verifier.Verify(parts, s_body).IsVerified;

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            verified &= verifier.Verify(parts, s_body).IsVerified;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(verified);
    }

    [Fact]
    public void Mutated_requests_neither_verify_nor_throw()
    {
        Gen gen = Gen.Create(815);
        HeaderField[] signed = Signed(extra: new HeaderField(AmzHeaders.ContentSha256, PayloadHash.Of(s_body)));
        string presigned = PresignedQuery.Sign(
            new SigV4Signer(s_scope),
            new RequestParts("POST", "/p", "a=1", [new HeaderField("Host", "h")]),
            PayloadHash.Of(s_body),
            s_credentials,
            _time.GetUtcNow(),
            TimeSpan.FromHours(1));
        for (int round = 0; round < 3000; round++)
        {
            HeaderField[] headers = [.. signed];
            int at = gen.Int(headers.Length);
            string mutated = Mutate(gen, headers[at].Value);
            string query = Mutate(gen, presigned);
            bool changed = mutated.Trim() != headers[at].Value.Trim();
            headers[at] = headers[at] with { Value = mutated };
            VerificationResult result = Verify(headers, s_body);
            VerificationResult inQuery = Verifier(Options()).Verify(
                new RequestParts("POST", "/p", query, [new HeaderField("Host", "h")]), s_body);

            Assert.False(changed && result.IsVerified && !IsHarmless(headers[at], signed[at]), $"{gen}: {mutated}");
            Assert.False(
                inQuery.IsVerified && CanonicalQuery.ToText(query) != CanonicalQuery.ToText(presigned),
                $"{gen}: {query}");
        }
    }

    /// <summary>Blanks, letter case of hex and empty list items change the text, not what it says.</summary>
    private static bool IsHarmless(HeaderField mutated, HeaderField original) =>
        string.Equals(
            string.Join(' ', mutated.Value.Split([' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)),
            string.Join(' ', original.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.OrdinalIgnoreCase);

    private static string Mutate(Gen gen, string value) =>
        Encoding.Latin1.GetString(gen.Mutate(Encoding.Latin1.GetBytes(value)));

    private static VerifierOptions Options() => new() { Service = "aps", Regions = ["eu-central-1", "us-east-1"] };

    private SigV4Verifier Verifier(VerifierOptions options) => new(options, new TwoKeys(_time), _time);

    private VerificationResult Verify(HeaderField[] headers, ReadOnlySpan<byte> body) =>
        Verifier(Options()).Verify(RequestParts.FromTarget("POST", Target, headers), body);

    /// <summary>
    /// A request signed by hand, as a client does that sends only HTTP's own date; the clock's time is signed.
    /// </summary>
    private HeaderField[] SignedByHttpDate(string date, bool signsDate = true)
    {
        string signedNames = signsDate ? "date;host" : "host";
        string canonical =
            "POST\n/workspaces/ws-1/api/v1/query\nquery=up\n" + (signsDate ? $"date:{date}\n" : "") + "host:localhost:9009\n\n"
            + $"{signedNames}\n{PayloadHash.Of(s_body)}";
        string now = AmzDate.ToText(_time.GetUtcNow());
        string scope = $"{now[..8]}/us-east-1/aps/aws4_request";
        string toSign = $"AWS4-HMAC-SHA256\n{now}\n{scope}\n{PayloadHash.Of(Encoding.UTF8.GetBytes(canonical))}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + s_credentials.SecretAccessKey);
        foreach (string part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        return
        [
            new("Host", "localhost:9009"),
            new("Date", date),
            new(AmzHeaders.Authorization,
                $"AWS4-HMAC-SHA256 Credential={s_credentials.AccessKeyId}/{scope}, SignedHeaders={signedNames}, Signature={signature}"),
        ];
    }

    /// <summary>The headers of a request signed now; Authorization comes last.</summary>
    private HeaderField[] Signed(
        AwsCredentials? credentials = null,
        HeaderField? extra = null,
        SigningScope? scope = null,
        string? hash = null)
    {
        List<HeaderField> headers =
        [
            new("Host", "localhost:9009"),
            new("X-Custom", "one  two"),
            new(AmzHeaders.Date, AmzDate.ToText(_time.GetUtcNow())),
        ];
        if (extra is { } field)
        {
            headers.Add(field);
        }

        SigV4Signer signer = new(scope ?? s_scope);
        RequestParts parts = RequestParts.FromTarget("POST", Target, headers.ToArray());
        byte[] buffer = new byte[signer.MaxAuthorizationLength(parts, credentials ?? s_credentials)];
        int length = signer.WriteAuthorization(
            parts, hash ?? PayloadHash.Of(s_body), credentials ?? s_credentials, _time.GetUtcNow(), buffer);
        return [.. headers, new(AmzHeaders.Authorization, Encoding.ASCII.GetString(buffer, 0, length))];
    }

    private static void Replace(HeaderField[] headers, string name, string value)
    {
        int index = Array.FindIndex(headers, field => field.Name == name);
        headers[index] = headers[index] with { Value = value };
    }

    private sealed class TwoKeys(TimeProvider time) : IVerificationKeys
    {
        private readonly VerificationKey _first = new(s_credentials);
        private readonly VerificationKey _second = new(
            s_session, new DateTimeOffset(2026, 1, 1, 0, 30, 0, time.GetUtcNow().Offset));

        public VerificationKey? Find(ReadOnlySpan<char> accessKeyId) =>
            accessKeyId is "AKIDEXAMPLE" ? _first : accessKeyId is "ASIAEXAMPLE" ? _second : null;
    }
}
