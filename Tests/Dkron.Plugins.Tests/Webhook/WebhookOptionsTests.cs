using Dkron.Processors.Webhook;

namespace Dkron.Plugins.Tests.Webhook;

public sealed class WebhookOptionsTests
{
    private const string Url = "https://hooks.example.com/services/hunter2";

    [Theory]
    [InlineData("url", "hooks.example.com/hunter2", "url: is no address that begins with https:// or http://")]
    [InlineData("url", "file:///hunter2", "url: is no address")]
    [InlineData("url", "https://u:hunter2@example.com/", "url: holds a user's name")]
    [InlineData("preset", "mattermost", "preset: 'mattermost' is none of json, slack, teams, discord")]
    [InlineData("method", "GET", "method: 'GET' is none of POST, PUT, PATCH")]
    [InlineData("on", "fail", "on: 'fail' is none of failure,")]
    [InlineData("body", "{ \"a\": {{job}} }", "body: is no JSON in line 1 (fields stand in quotes: ")]
    [InlineData("body", "{ \"a\": \"{{jbo}}\" }", "body: '{{jbo}}' is no field; there are headline,")]
    [InlineData("body", "{ \"a\": [{ \"{{job}}\": 1 }] }", "body: '{{job}}' is a name with a field in it")]
    [InlineData("body", "{ \"a\": \"x {{attempt:json}}\" }", "body: '{{attempt:json}}' must be the whole text in its quotes")]
    [InlineData("text", "{{job}}", "text: means nothing with preset json")]
    [InlineData("headers", "Authorization hunter2", "headers: line 1 has no colon")]
    [InlineData("headers", "A: b\nHost: hunter2", "headers: line 2 sets Host")]
    [InlineData("headers", "A b: hunter2", "headers: line 1 has no name of a header")]
    [InlineData("headers", "A: hunter2\u0001", "headers: line 1 has a character in its value")]
    [InlineData("signature_header", "X-Sig", "signature_header: means nothing without secret")]
    public void A_wrong_value_is_told_without_secrets(string key, string value, string problem)
    {
        var problems = WebhookOptions.Validate(Some.Config(("url", Url), (key, value)));

        problems.Should().ContainSingle().Which.Should().StartWith(problem).And.NotContain("hunter2");
    }

    [Theory]
    [InlineData("slack", "body", "{}", "body: means nothing with preset slack")]
    [InlineData("teams", "text", "{{x}}", "text: '{{x}}' is no field")]
    [InlineData("discord", "text", "{{attempt:json}}", "text: '{{attempt:json}}' is no field")]
    public void A_wrong_value_of_a_chat_is_told(string preset, string key, string value, string problem)
    {
        WebhookOptions.Validate(Some.Config(("url", Url), ("preset", preset), (key, value))).Should().ContainSingle().Which.Should().StartWith(problem);
    }

    [Fact]
    public void What_is_usual_is_good()
    {
        WebhookOptions.Validate(Some.Config(("url", Url), ("body", "\"{{ headline }}\""), ("secret", "k"), ("signature_header", "X-Sig"), ("headers", "A: b\nC: d"), ("on", "always"))).Should().BeEmpty();
        WebhookOptions.Validate(Some.Config(("url", Url), ("preset", "Slack"), ("text", "{{job}} {{tag.role}} {{metadata.team}}"))).Should().BeEmpty();
    }
}
