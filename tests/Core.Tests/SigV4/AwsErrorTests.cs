using System.Net;
using System.Text;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class AwsErrorTests
{
    private static readonly TimeSpan s_inStep = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_apart = TimeSpan.FromMinutes(-20);

    [Theory]
    [InlineData("", """{"__type": "com.amazonaws.x#ThrottlingException", "message": "Slow\ndown"}""", "ThrottlingException", "Slow down")]
    [InlineData("ExpiredTokenException:http://x/", """{"message": "gone"}""", "ExpiredTokenException", "gone")]
    [InlineData("", "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>gone</Message></Error></ErrorResponse>", "ExpiredToken", "gone")]
    [InlineData("", "\n <Error><Code>RequestTimeTooSkewed</Code><Message>far</Message>", "RequestTimeTooSkewed", "far")]
    [InlineData("X", "{\"message\": \"cut of", "X", "{\"message\": \"cut of")]
    [InlineData("", "Forbidden\n", "", "Forbidden")]
    [InlineData("", "", "", "")]
    public void Every_protocols_errors_are_read(string errorType, string body, string code, string message)
    {
        Assert.Equal(new AwsError(code, message), AwsError.Read(errorType, Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [InlineData("RequestTimeTooSkewed", "", true, SignatureRefusal.ClockSkew)]
    [InlineData("InvalidSignatureException", "Signature expired: 20260301T115000Z is now earlier than 20260301T115500Z", false, SignatureRefusal.ClockSkew)]
    [InlineData("InvalidSignatureException", "Signature not yet current: 20260301T121000Z is still later than", false, SignatureRefusal.ClockSkew)]
    [InlineData("InvalidSignatureException", "The request signature we calculated does not match", false, SignatureRefusal.SignatureMismatch)]
    [InlineData("SignatureDoesNotMatch", "", true, SignatureRefusal.ClockSkew)]
    [InlineData("RequestExpired", "Request has expired.", true, SignatureRefusal.ClockSkew)]
    [InlineData("RequestExpired", "Request has expired.", false, SignatureRefusal.ExpiredCredentials)]
    [InlineData("ExpiredTokenException", "", true, SignatureRefusal.ExpiredCredentials)]
    [InlineData("ExpiredToken", "", false, SignatureRefusal.ExpiredCredentials)]
    [InlineData("AccessDeniedException", "The security token included in the request is expired", false, SignatureRefusal.ExpiredCredentials)]
    [InlineData("UnrecognizedClientException", "The security token included in the request is invalid.", false, SignatureRefusal.UnknownCredentials)]
    [InlineData("InvalidClientTokenId", "", false, SignatureRefusal.UnknownCredentials)]
    [InlineData("AccessDeniedException", "User is not authorized to perform: aps:RemoteWrite", true, SignatureRefusal.Other)]
    [InlineData("ThrottlingException", "Rate exceeded", true, SignatureRefusal.Other)]
    public void What_a_signer_can_mend_is_told_from_the_rest(string code, string message, bool clocksDiffer, SignatureRefusal expected)
    {
        AwsError error = new(code, message);
        Assert.Equal(expected, error.ReasonFor(HttpStatusCode.Forbidden, clocksDiffer ? s_apart : s_inStep));
        Assert.Equal(SignatureRefusal.Other, error.ReasonFor(HttpStatusCode.ServiceUnavailable, s_apart));
    }

    [Fact]
    public void What_our_own_verifier_says_of_old_and_new_signatures_is_understood()
    {
        foreach (TimeSpan off in (TimeSpan[])[TimeSpan.FromMinutes(-20), TimeSpan.FromMinutes(20)])
        {
            AwsCredentials keys = new("AKIDEXAMPLE", "secret");
            SigV4Signer signer = new(new SigningScope("us-east-1", "aps"));
            ManualTime time = new();
            DateTimeOffset signedAt = time.GetUtcNow() + off;
            HeaderField[] headers = [new("Host", "h"), new(AmzHeaders.Date, AmzDate.ToText(signedAt))];
            byte[] authorization = new byte[1024];
            int length = signer.WriteAuthorization(
                new RequestParts("GET", "/", "", headers), PayloadHash.Empty, keys, signedAt, authorization);
            HeaderField[] signed = [.. headers, new("Authorization", Encoding.ASCII.GetString(authorization, 0, length))];
            SigV4Verifier verifier = new(
                new VerifierOptions { Service = "aps", Regions = ["us-east-1"] }, new SingleKey(new VerificationKey(keys)), time);
            VerificationResult refused = verifier.Verify(new RequestParts("GET", "/", "", signed), []);

            Assert.Equal(
                SignatureRefusal.ClockSkew, new AwsError(refused.ErrorName, refused.Message).ReasonFor(HttpStatusCode.Forbidden, null));
        }
    }

    [Fact]
    public void Whatever_a_body_holds_it_is_read_without_an_exception()
    {
        Gen gen = Gen.Create(31);
        byte[] whole = Encoding.UTF8.GetBytes(
            """<ErrorResponse><Error><Code>ExpiredToken</Code><Message>gone</Message></Error></ErrorResponse>{"message": "x"}""");
        for (int round = 0; round < 500; round++)
        {
            byte[] mutated = whole[gen.Int(whole.Length)..];
            mutated[gen.Int(mutated.Length)] = gen.Bytes(1)[0];
            Assert.NotNull(AwsError.Read("", mutated).Message);
        }
    }
}
