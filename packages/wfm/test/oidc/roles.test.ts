import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { personOf } from '../../src/fleet/person.ts';
import { actorOf, claimValues, parseRoleMapping, roleOf } from '../../src/oidc/roles.ts';

describe('roles of an OpenID provider', () => {
  it('mappings are value=role, and the value may be a distinguished name', () => {
    assert.deepEqual(parseRoleMapping('cn=admins,ou=plant=admin'), {
      value: 'cn=admins,ou=plant',
      role: 'admin',
    });
    for (const wrong of ['', 'admin', '=admin', 'x=root', 'x=', 'x=Admin'])
      assert.equal(parseRoleMapping(wrong), null, wrong);
  });

  it('claims are found by whole name before path, as text or list, and nothing else counts', () => {
    const table: ReadonlyArray<readonly [object, string, string[]]> = [
      [{ groups: ['a', 'b'] }, 'groups', ['a', 'b']],
      [{ groups: 'a' }, 'groups', ['a']],
      [{ 'https://x.example/roles': ['a'] }, 'https://x.example/roles', ['a']],
      [{ realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
      [{ 'realm_access.roles': 'whole', realm_access: { roles: ['path'] } }, 'realm_access.roles', ['whole']],
      [{ groups: [1, null, { admin: true }, 'a'] }, 'groups', ['a']],
      [{ groups: { admin: true } }, 'groups', []],
      [{}, 'groups', []],
      [{}, 'constructor.name', []],
    ];
    for (const [claims, name, values] of table)
      assert.deepEqual(claimValues(claims as Record<string, unknown>, name), values, name);
  });

  it('the highest mapped role counts; without one there is none', () => {
    const mapping = ['ops=operator', 'boss=admin', 'boss=viewer'];
    assert.equal(roleOf(['ops', 'boss'], mapping), 'admin');
    assert.equal(roleOf(['ops', 'x'], mapping), 'operator');
    assert.equal(roleOf(['admin', 'OPS'], mapping), null);
    assert.equal(roleOf([], mapping), null);
  });

  it('actors are told apart by subject, whatever they call themselves', () => {
    assert.equal(actorOf({ sub: 'a b', preferred_username: ' Al\u202eice\n ' }), 'oidc:a%20b Al ice');
    assert.equal(actorOf({ sub: '7' }), 'oidc:7');
    const people = [{ name: 'A' }, { name: 'B' }].map((claims) => personOf(actorOf({ sub: '7', ...claims })));
    assert.deepEqual(people, ['oidc:7', 'oidc:7']);
    assert.equal(personOf('the operator'), 'the operator');
  });
});
